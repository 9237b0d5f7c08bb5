using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary><c>ejection.failurePercentage</c>, as declared.</summary>
public sealed record FailurePercentageEntry
{
    /// <summary><c>enabled</c>.</summary>
    public bool? Enabled { get; init; }

    /// <summary><c>threshold</c>: share of failures from which on an instance is ejected.</summary>
    public double? Threshold { get; init; }

    /// <summary><c>minimumHosts</c>: instances that must have enough requests.</summary>
    public int? MinimumHosts { get; init; }

    /// <summary><c>requestVolume</c>: requests of an interval that are enough.</summary>
    public int? RequestVolume { get; init; }

    internal static FailurePercentageEntry Bind(MappingReader reader) => new()
    {
        Enabled = reader.OrNull("enabled", ScalarTypes.Flag),
        Threshold = reader.OrNull("threshold", ScalarTypes.Percent.Where(share => share > 0, "is zero", "say a percentage above 0%, such as 85%")),
        MinimumHosts = reader.OrNull("minimumHosts", ScalarTypes.Number(1, 1000)),
        RequestVolume = reader.OrNull("requestVolume", ScalarTypes.Number(1, 1_000_000)),
    };
}
