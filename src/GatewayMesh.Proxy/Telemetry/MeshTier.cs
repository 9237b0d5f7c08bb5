namespace GatewayMesh.Proxy.Telemetry;

/// <summary>Who carries traffic; the <c>tier</c> tag.</summary>
public enum MeshTier
{
    /// <summary>Nobody: the request was answered or refused here.</summary>
    None,

    /// <summary>The sidecar, straight to an instance.</summary>
    Sidecar,

    /// <summary>A gateway.</summary>
    Gateway,
}

/// <summary>Words of <see cref="MeshTier"/>.</summary>
public static class MeshTiers
{
    /// <summary>The metric tag and log word.</summary>
    public static string Word(this MeshTier tier) => tier switch
    {
        MeshTier.Sidecar => "sidecar",
        MeshTier.Gateway => "gateway",
        _ => "none",
    };
}
