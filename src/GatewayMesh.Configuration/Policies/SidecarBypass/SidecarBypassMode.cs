namespace GatewayMesh.Configuration.Policies.SidecarBypass;

/// <summary><c>sidecarBypass</c>: fallback of a call when every sidecar of its callee is broken.</summary>
public enum SidecarBypassMode
{
    /// <summary>The call fails. The default: a service is either protected by its own sidecar or not called.</summary>
    Never,

    /// <summary>
    /// A gateway forwards the call to the application itself, in the clear, at the address reachable from the gateway; the gateway
    /// evaluates the intentions.
    /// </summary>
    Gateway,
}
