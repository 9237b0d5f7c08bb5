namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>Ejects those whose share of failures in the last interval reaches a threshold (Envoy, failure percentage).</summary>
public sealed record FailurePercentageModel
{
    /// <summary>The defaults.</summary>
    public static FailurePercentageModel Default { get; } = new();

    /// <summary>Whether it is looked at. Default: false (Envoy does not enforce it either).</summary>
    public bool Enabled { get; init; }

    /// <summary>Share of failures from which on an instance is ejected, above 0 to 1. Default: 0.85 (Envoy).</summary>
    public double Threshold { get; init; } = 0.85;

    /// <summary>Instances that must have had enough requests. Default: 5 (Envoy).</summary>
    public int MinimumHosts { get; init; } = 5;

    /// <summary>Requests of an interval that are enough. Default: 50 (Envoy).</summary>
    public int RequestVolume { get; init; } = 50;

    internal FailurePercentageModel Under(FailurePercentageEntry entry) => new()
    {
        Enabled = entry.Enabled ?? Enabled,
        Threshold = entry.Threshold ?? Threshold,
        MinimumHosts = entry.MinimumHosts ?? MinimumHosts,
        RequestVolume = entry.RequestVolume ?? RequestVolume,
    };
}
