using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.AdaptiveConcurrency;

/// <summary><c>adaptiveConcurrency</c> of a service-policy, and of a gateway's bootstrap, as declared; what is null falls to what lies beneath.</summary>
public sealed record AdaptiveConcurrencyEntry
{
    /// <summary><c>enabled</c>: whether a limit is looked for.</summary>
    public bool? Enabled { get; init; }

    /// <summary><c>sampleWindow</c>: how often the limit is computed anew.</summary>
    public TimeSpan? SampleWindow { get; init; }

    /// <summary><c>percentile</c>: which latency of a window stands for it.</summary>
    public double? Percentile { get; init; }

    /// <summary><c>minConcurrency</c>: the limit is never lower.</summary>
    public int? MinConcurrency { get; init; }

    /// <summary><c>maxConcurrency</c>: the limit is never higher.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary><c>minRttInterval</c>: how often the latency without load is measured.</summary>
    public TimeSpan? MinRttInterval { get; init; }

    /// <summary><c>minRttRequests</c>: requests that measure it.</summary>
    public int? MinRttRequests { get; init; }

    /// <summary><c>jitter</c>: by how much the interval is drawn longer.</summary>
    public double? Jitter { get; init; }

    /// <summary><c>buffer</c>: share of the latency without load that is tolerated above it.</summary>
    public double? Buffer { get; init; }

    internal static AdaptiveConcurrencyEntry Bind(MappingReader reader)
    {
        var entry = new AdaptiveConcurrencyEntry
        {
            Enabled = reader.OrNull("enabled", ScalarTypes.Flag),
            SampleWindow = reader.OrNull("sampleWindow", ScalarTypes.Duration),
            Percentile = reader.OrNull("percentile", ScalarTypes.Percent),
            MinConcurrency = reader.OrNull("minConcurrency", ScalarTypes.Number(1, 1_000_000)),
            MaxConcurrency = reader.OrNull("maxConcurrency", ScalarTypes.Number(1, 1_000_000)),
            MinRttInterval = reader.OrNull("minRttInterval", ScalarTypes.Duration),
            MinRttRequests = reader.OrNull("minRttRequests", ScalarTypes.Number(1, 100_000)),
            Jitter = reader.OrNull("jitter", ScalarTypes.Percent),
            Buffer = reader.OrNull("buffer", ScalarTypes.Percent),
        };
        if (entry.MinConcurrency > entry.MaxConcurrency)
        {
            reader.Fail("minConcurrency", "is above maxConcurrency", "make maxConcurrency the larger one");
        }

        if (entry.SampleWindow > entry.MinRttInterval)
        {
            reader.Fail("sampleWindow", "is longer than minRttInterval", "make minRttInterval the longer one, such as 100ms and 1m");
        }

        if (entry.SampleWindow < AdaptiveConcurrencyModel.ShortestWindow)
        {
            reader.Fail("sampleWindow", "is shorter than 10ms", "say 10ms or more such as 100ms");
        }

        if (entry.Enabled == false && (entry.MinConcurrency ?? entry.MaxConcurrency) is not null)
        {
            reader.Fail("enabled", "is false beside keys that ask for a limit", "say enabled: true, or leave the other keys out");
        }

        return entry;
    }
}
