namespace GatewayMesh.Configuration.Policies.SidecarBypass;

/// <summary><c>sidecarBypass</c>: what becomes of a call when every sidecar of its callee is broken.</summary>
public enum SidecarBypassMode
{
    /// <summary>It fails. The default: whoever is called has its own sidecar's protection, or is not called.</summary>
    Never,

    /// <summary>A gateway takes it to the application itself, by the address at which the gateway can reach it, in the clear; the gateway asks the intentions.</summary>
    Gateway,
}
