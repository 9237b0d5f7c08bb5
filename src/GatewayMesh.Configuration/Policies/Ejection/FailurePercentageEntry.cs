using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>Declared <c>ejection.failurePercentage</c>.</summary>
public sealed record FailurePercentageEntry
{
    /// <summary><c>enabled</c>.</summary>
    public bool? Enabled { get; init; }

    /// <summary><c>threshold</c>: minimum share of failures that ejects an instance.</summary>
    public double? Threshold { get; init; }

    /// <summary><c>minimumHosts</c>: minimum number of instances with enough requests.</summary>
    public int? MinimumHosts { get; init; }

    /// <summary><c>requestVolume</c>: number of requests in an interval that is enough.</summary>
    public int? RequestVolume { get; init; }

    internal static FailurePercentageEntry Bind(MappingReader reader) => new()
    {
        Enabled = reader.OrNull("enabled", ScalarTypes.Flag),
        Threshold = reader.OrNull(
            "threshold", ScalarTypes.Percent.Where(share => share > 0, "is zero", "use a percentage above 0%, such as 85%")),
        MinimumHosts = reader.OrNull("minimumHosts", ScalarTypes.Number(1, 1000)),
        RequestVolume = reader.OrNull("requestVolume", ScalarTypes.Number(1, 1_000_000)),
    };
}
