namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>
/// Ejects instances whose success rate in the last interval is below <c>mean − stdevFactor × σ</c> of all instances with enough requests
/// (Envoy, success rate).
/// </summary>
public sealed record SuccessRateModel
{
    /// <summary>The defaults.</summary>
    public static SuccessRateModel Default { get; } = new();

    /// <summary>True to enforce the success rate. Default: true (Envoy).</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Number of standard deviations below the mean. Default: 1.9 (Envoy).</summary>
    public double StdevFactor { get; init; } = 1.9;

    /// <summary>
    /// Minimum distance below the mean, 0 to 1: where all other instances are perfect, one failure in a thousand is already many σ away.
    /// Default: 0.05 (Envoy has no such bound: 0).
    /// </summary>
    public double Gap { get; init; } = 0.05;

    /// <summary>Minimum number of instances with enough requests. Default: 5 (Envoy).</summary>
    public int MinimumHosts { get; init; } = 5;

    /// <summary>Number of requests in an interval that is enough. Default: 100 (Envoy).</summary>
    public int RequestVolume { get; init; } = 100;

    internal SuccessRateModel Under(SuccessRateEntry entry) => new()
    {
        Enabled = entry.Enabled ?? Enabled,
        StdevFactor = entry.StdevFactor ?? StdevFactor,
        Gap = entry.Gap ?? Gap,
        MinimumHosts = entry.MinimumHosts ?? MinimumHosts,
        RequestVolume = entry.RequestVolume ?? RequestVolume,
    };
}
