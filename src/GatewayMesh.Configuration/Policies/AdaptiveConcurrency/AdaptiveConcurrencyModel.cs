namespace GatewayMesh.Configuration.Policies.AdaptiveConcurrency;

/// <summary>
/// A limit of concurrent requests that is found by measuring, at the callee's own sidecar or at a gateway for itself (Envoy's filter
/// <c>adaptive_concurrency</c>, its gradient controller). The keys and their defaults are Envoy's, where it has one.
/// </summary>
public sealed record AdaptiveConcurrencyModel
{
    /// <summary>The shortest <see cref="SampleWindow"/>.</summary>
    public static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(10);

    /// <summary>The defaults.</summary>
    public static AdaptiveConcurrencyModel Default { get; } = new();

    /// <summary>Whether a limit is looked for. Default: false.</summary>
    public bool Enabled { get; init; }

    /// <summary>How often the limit is computed anew, from the latencies since. Default: 100 ms.</summary>
    public TimeSpan SampleWindow { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Which latency stands for those of a window, 0 to 1. Default: 0.5, the median.</summary>
    public double Percentile { get; init; } = 0.5;

    /// <summary>The limit is never lower, and it is this while the latency without load is measured. Default: 3.</summary>
    public int MinConcurrency { get; init; } = 3;

    /// <summary>The limit is never higher. Default: 1000.</summary>
    public int MaxConcurrency { get; init; } = 1000;

    /// <summary>How often the latency without load is measured. Default: 60 s.</summary>
    public TimeSpan MinRttInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Requests that measure it. Default: 50.</summary>
    public int MinRttRequests { get; init; } = 50;

    /// <summary>By up to this share the interval is drawn longer, so that the proxies of one service do not measure all at once. Default: 0.15.</summary>
    public double Jitter { get; init; } = 0.15;

    /// <summary>Share of the latency without load that answers may take longer before the limit sinks. Default: 0.25.</summary>
    public double Buffer { get; init; } = 0.25;

    /// <summary>Under <paramref name="entry"/>.</summary>
    public AdaptiveConcurrencyModel Under(AdaptiveConcurrencyEntry entry)
    {
        var min = entry.MinConcurrency ?? MinConcurrency;
        return this with
        {
            Enabled = entry.Enabled ?? Enabled,
            SampleWindow = entry.SampleWindow ?? SampleWindow,
            Percentile = entry.Percentile ?? Percentile,
            MinConcurrency = min,
            MaxConcurrency = Math.Max(min, entry.MaxConcurrency ?? MaxConcurrency), // each alone may be right where both come from different entries
            MinRttInterval = entry.MinRttInterval ?? MinRttInterval,
            MinRttRequests = entry.MinRttRequests ?? MinRttRequests,
            Jitter = entry.Jitter ?? Jitter,
            Buffer = entry.Buffer ?? Buffer,
        };
    }
}
