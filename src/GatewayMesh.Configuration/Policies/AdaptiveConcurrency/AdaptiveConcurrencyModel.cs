namespace GatewayMesh.Configuration.Policies.AdaptiveConcurrency;

/// <summary>
/// An adaptive limit of concurrent requests, measured at the callee's own sidecar or at a gateway for itself (Envoy's filter
/// <c>adaptive_concurrency</c> with its gradient controller). Keys and defaults are Envoy's, where Envoy has them.
/// </summary>
public sealed record AdaptiveConcurrencyModel
{
    /// <summary>Minimum <see cref="SampleWindow"/>.</summary>
    public static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(10);

    /// <summary>The defaults.</summary>
    public static AdaptiveConcurrencyModel Default { get; } = new();

    /// <summary>True to enforce an adaptive limit. Default: false.</summary>
    public bool Enabled { get; init; }

    /// <summary>Time between two computations of the limit from the latencies of the window. Default: 100 ms.</summary>
    public TimeSpan SampleWindow { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Latency percentile that represents a window, 0 to 1. Default: 0.5, the median.</summary>
    public double Percentile { get; init; } = 0.5;

    /// <summary>Lower bound of the limit, and the limit in force while the unloaded latency is measured. Default: 3.</summary>
    public int MinConcurrency { get; init; } = 3;

    /// <summary>Upper bound of the limit. Default: 1000.</summary>
    public int MaxConcurrency { get; init; } = 1000;

    /// <summary>Time between two measurements of the unloaded latency. Default: 60 s.</summary>
    public TimeSpan MinRttInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Number of requests in a measurement of the unloaded latency. Default: 50.</summary>
    public int MinRttRequests { get; init; } = 50;

    /// <summary>
    /// Maximum random extension of the interval, as a share of it, so that the proxies of a service do not measure at the same time.
    /// Default: 0.15.
    /// </summary>
    public double Jitter { get; init; } = 0.15;

    /// <summary>Tolerated latency above the unloaded latency, as a share of it, before the limit is lowered. Default: 0.25.</summary>
    public double Buffer { get; init; } = 0.25;

    /// <summary>Returns this model with the values of <paramref name="entry"/>.</summary>
    public AdaptiveConcurrencyModel Under(AdaptiveConcurrencyEntry entry)
    {
        var min = entry.MinConcurrency ?? MinConcurrency;
        return this with
        {
            Enabled = entry.Enabled ?? Enabled,
            SampleWindow = entry.SampleWindow ?? SampleWindow,
            Percentile = entry.Percentile ?? Percentile,
            MinConcurrency = min,
            // each may be valid alone when they come from different entries
            MaxConcurrency = Math.Max(min, entry.MaxConcurrency ?? MaxConcurrency),
            MinRttInterval = entry.MinRttInterval ?? MinRttInterval,
            MinRttRequests = entry.MinRttRequests ?? MinRttRequests,
            Jitter = entry.Jitter ?? Jitter,
            Buffer = entry.Buffer ?? Buffer,
        };
    }
}
