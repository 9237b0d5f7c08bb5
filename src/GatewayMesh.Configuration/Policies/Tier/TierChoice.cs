namespace GatewayMesh.Configuration.Policies.Tier;

/// <summary><c>tier</c>: the path of calls at the first proxy.</summary>
public enum TierChoice
{
    /// <summary>Directly to the instances, except for the constant share that goes through a gateway. The default.</summary>
    Auto,

    /// <summary>Directly to the instances only: neither the constant share nor <c>sidecarBypass</c> uses a gateway.</summary>
    Sidecar,

    /// <summary>Through a gateway of the cluster; directly while no gateway is available or the gateway does not forward.</summary>
    Gateway,
}
