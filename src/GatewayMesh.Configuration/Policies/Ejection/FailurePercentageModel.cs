namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>Ejects instances whose share of failures in the last interval reaches a threshold (Envoy, failure percentage).</summary>
public sealed record FailurePercentageModel
{
    /// <summary>The defaults.</summary>
    public static FailurePercentageModel Default { get; } = new();

    /// <summary>True to enforce the threshold. Default: false (not enforced by Envoy either).</summary>
    public bool Enabled { get; init; }

    /// <summary>Minimum share of failures that ejects an instance, above 0 to 1. Default: 0.85 (Envoy).</summary>
    public double Threshold { get; init; } = 0.85;

    /// <summary>Minimum number of instances with enough requests. Default: 5 (Envoy).</summary>
    public int MinimumHosts { get; init; } = 5;

    /// <summary>Number of requests in an interval that is enough. Default: 50 (Envoy).</summary>
    public int RequestVolume { get; init; } = 50;

    internal FailurePercentageModel Under(FailurePercentageEntry entry) => new()
    {
        Enabled = entry.Enabled ?? Enabled,
        Threshold = entry.Threshold ?? Threshold,
        MinimumHosts = entry.MinimumHosts ?? MinimumHosts,
        RequestVolume = entry.RequestVolume ?? RequestVolume,
    };
}
