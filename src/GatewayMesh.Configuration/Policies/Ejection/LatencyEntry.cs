using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>Declared <c>ejection.latency</c>.</summary>
public sealed record LatencyEntry
{
    private static readonly ScalarType<double> Times = ScalarTypes.Real(1.1, 100);

    /// <summary><c>enabled</c>.</summary>
    public bool? Enabled { get; init; }

    /// <summary><c>factor</c>: multiple of the others' latency that counts as slow.</summary>
    public double? Factor { get; init; }

    /// <summary><c>atLeast</c>: latency below which an instance never counts as slow.</summary>
    public TimeSpan? AtLeast { get; init; }

    /// <summary><c>minimumHosts</c>: minimum number of instances with enough requests.</summary>
    public int? MinimumHosts { get; init; }

    /// <summary><c>requestVolume</c>: number of responses in an interval that is enough.</summary>
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
