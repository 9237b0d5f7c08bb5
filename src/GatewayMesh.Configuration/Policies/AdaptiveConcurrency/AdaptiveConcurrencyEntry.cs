using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.AdaptiveConcurrency;

/// <summary>Declared <c>adaptiveConcurrency</c> of a service-policy or of a gateway's bootstrap; a null value is inherited.</summary>
public sealed record AdaptiveConcurrencyEntry
{
    /// <summary><c>enabled</c>: true to enforce an adaptive limit.</summary>
    public bool? Enabled { get; init; }

    /// <summary><c>sampleWindow</c>: time between two computations of the limit.</summary>
    public TimeSpan? SampleWindow { get; init; }

    /// <summary><c>percentile</c>: latency percentile of a window that represents the window.</summary>
    public double? Percentile { get; init; }

    /// <summary><c>minConcurrency</c>: lower bound of the limit.</summary>
    public int? MinConcurrency { get; init; }

    /// <summary><c>maxConcurrency</c>: upper bound of the limit.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary><c>minRttInterval</c>: time between two measurements of the unloaded latency.</summary>
    public TimeSpan? MinRttInterval { get; init; }

    /// <summary><c>minRttRequests</c>: number of requests in a measurement of the unloaded latency.</summary>
    public int? MinRttRequests { get; init; }

    /// <summary><c>jitter</c>: random extension of the interval, as a share of it.</summary>
    public double? Jitter { get; init; }

    /// <summary><c>buffer</c>: tolerated latency above the unloaded latency, as a share of it.</summary>
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
            reader.Fail("minConcurrency", "is above maxConcurrency", "raise maxConcurrency or lower minConcurrency");
        }

        if (entry.SampleWindow > entry.MinRttInterval)
        {
            reader.Fail(
                "sampleWindow", "is longer than minRttInterval", "raise minRttInterval or lower sampleWindow, such as 1m and 100ms");
        }

        if (entry.SampleWindow < AdaptiveConcurrencyModel.ShortestWindow)
        {
            reader.Fail("sampleWindow", "is shorter than 10ms", "use 10ms or more, such as 100ms");
        }

        if (entry.Enabled == false && (entry.MinConcurrency ?? entry.MaxConcurrency) is not null)
        {
            reader.Fail("enabled", "is false but other keys of the limit are set", "set enabled: true, or remove the other keys");
        }

        return entry;
    }
}
