using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary><c>ejection.latency</c>, as declared.</summary>
public sealed record LatencyEntry
{
    private static readonly ScalarType<double> Times = ScalarTypes.Real(1.1, 100);

    /// <summary><c>enabled</c>.</summary>
    public bool? Enabled { get; init; }

    /// <summary><c>factor</c>: how many times as slow as the others.</summary>
    public double? Factor { get; init; }

    /// <summary><c>atLeast</c>: what is quicker is never slow.</summary>
    public TimeSpan? AtLeast { get; init; }

    /// <summary><c>minimumHosts</c>: instances that must have enough requests.</summary>
    public int? MinimumHosts { get; init; }

    /// <summary><c>requestVolume</c>: answers of an interval that are enough.</summary>
    public int? RequestVolume { get; init; }

    internal static LatencyEntry Bind(MappingReader reader) => new()
    {
        Enabled = reader.OrNull("enabled", ScalarTypes.Flag),
        Factor = reader.OrNull("factor", Times),
        AtLeast = reader.OrNull("atLeast", ScalarTypes.Wait),
        MinimumHosts = reader.OrNull("minimumHosts", ScalarTypes.Number(3, 1000)),
        RequestVolume = reader.OrNull("requestVolume", ScalarTypes.Number(1, 1_000_000)),
    };
}
