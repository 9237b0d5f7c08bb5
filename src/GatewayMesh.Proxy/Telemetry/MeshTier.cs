namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Tier that carries traffic; the <c>tier</c> tag.</summary>
public enum MeshTier
{
    /// <summary>No tier: the request was answered or refused here.</summary>
    None,

    /// <summary>The sidecar, directly to an instance.</summary>
    Sidecar,

    /// <summary>A gateway.</summary>
    Gateway,
}

/// <summary>Words of <see cref="MeshTier"/>.</summary>
public static class MeshTiers
{
    /// <summary>Returns the metric tag and log word.</summary>
    public static string Word(this MeshTier tier) => tier switch
    {
        MeshTier.Sidecar => "sidecar",
        MeshTier.Gateway => "gateway",
        _ => "none",
    };
}
