using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>Declared <c>ejection.successRate</c>.</summary>
public sealed record SuccessRateEntry
{
    private static readonly ScalarType<double> Factor = ScalarTypes.Real(0, 10);

    /// <summary><c>enabled</c>.</summary>
    public bool? Enabled { get; init; }

    /// <summary><c>stdevFactor</c>: number of standard deviations below the mean.</summary>
    public double? StdevFactor { get; init; }

    /// <summary><c>gap</c>: minimum distance below the mean.</summary>
    public double? Gap { get; init; }

    /// <summary><c>minimumHosts</c>: minimum number of instances with enough requests.</summary>
    public int? MinimumHosts { get; init; }

    /// <summary><c>requestVolume</c>: number of requests in an interval that is enough.</summary>
    public int? RequestVolume { get; init; }

    internal static SuccessRateEntry Bind(MappingReader reader) => new()
    {
        Enabled = reader.OrNull("enabled", ScalarTypes.Flag),
        StdevFactor = reader.OrNull("stdevFactor", Factor),
        Gap = reader.OrNull("gap", ScalarTypes.Percent),
        MinimumHosts = reader.OrNull("minimumHosts", ScalarTypes.Number(2, 1000)),
        RequestVolume = reader.OrNull("requestVolume", ScalarTypes.Number(1, 1_000_000)),
    };
}
