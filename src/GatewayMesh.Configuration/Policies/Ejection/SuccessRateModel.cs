namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>Ejects those whose share of successes in the last interval lies below <c>mean − stdevFactor × σ</c> of all that had enough requests (Envoy, success rate).</summary>
public sealed record SuccessRateModel
{
    /// <summary>The defaults.</summary>
    public static SuccessRateModel Default { get; } = new();

    /// <summary>Whether it is looked at. Default: true (Envoy).</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Standard deviations below the mean. Default: 1.9 (Envoy).</summary>
    public double StdevFactor { get; init; } = 1.9;

    /// <summary>How far below the mean it must lie at least, 0 to 1: where all others are perfect one failure in a thousand is already far in σ. Default: 0.05 (Envoy knows no such bound: 0).</summary>
    public double Gap { get; init; } = 0.05;

    /// <summary>Instances that must have had enough requests. Default: 5 (Envoy).</summary>
    public int MinimumHosts { get; init; } = 5;

    /// <summary>Requests of an interval that are enough. Default: 100 (Envoy).</summary>
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
