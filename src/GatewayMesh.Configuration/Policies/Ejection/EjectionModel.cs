namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>When an instance is taken out of the choice for what its answers show (outlier ejection). Each process ejects for itself; one real request brings an instance back.</summary>
public sealed record EjectionModel
{
    /// <summary>The defaults.</summary>
    public static EjectionModel Default { get; } = new();

    /// <summary>Attempts in a row without an answer of the application (no connection, reset, no head in time, its sidecar's own 502, 503 or 504) after which an instance is ejected; 0: never. Default: 3.</summary>
    public int ConsecutiveFailures { get; init; } = 3;

    /// <summary>Answers of 502, 503 and 504 in a row (gRPC: UNAVAILABLE, DEADLINE_EXCEEDED) by the application after which it is ejected; 0: never. Default: 0 (Envoy does not enforce it either).</summary>
    public int ConsecutiveGatewayFailures { get; init; }

    /// <summary>Answers of 500 to 599 in a row (gRPC: the two above, UNKNOWN, INTERNAL, DATA_LOSS) by the application after which it is ejected, unless it is the only instance; 0: never. <see cref="MaxEjectedPercent"/> bounds what one caller's poisonous requests can do. Default: 5 (Envoy).</summary>
    public int Consecutive5xx { get; init; } = 5;

    /// <summary>How often instances are compared with each other, and how often a past ejection is forgotten. Default: 10 s (Envoy).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Ejection of those that succeed less often than the others.</summary>
    public SuccessRateModel SuccessRate { get; init; } = SuccessRateModel.Default;

    /// <summary>Ejection of those that fail too often, whatever the others do.</summary>
    public FailurePercentageModel FailurePercentage { get; init; } = FailurePercentageModel.Default;

    /// <summary>Ejection of those that are slower than the others.</summary>
    public LatencyModel Latency { get; init; } = LatencyModel.Default;

    /// <summary>How long an instance is ejected, times the number of its ejections; one is forgotten in each interval without. Default: 10 s (Envoy: 30 s).</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long at most. Default: 300 s (Envoy).</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Share of a service's instances that may be ejected at one time, 0 to 1; one always may, unless it is 0: then none. Default: 0.1 (Envoy).</summary>
    public double MaxEjectedPercent { get; init; } = 0.1;

    /// <summary>How many of <paramref name="instances"/> may be ejected at one time.</summary>
    public int MostOf(int instances) => MaxEjectedPercent <= 0 || instances <= 0 ? 0 : Math.Max(1, (int)Math.Floor((instances * MaxEjectedPercent) + 1e-9));

    internal EjectionModel Under(EjectionEntry entry)
    {
        var time = entry.Time ?? Time;
        var longest = entry.MaxTime ?? MaxTime;
        return this with
        {
            ConsecutiveFailures = entry.ConsecutiveFailures ?? ConsecutiveFailures,
            ConsecutiveGatewayFailures = entry.ConsecutiveGatewayFailures ?? ConsecutiveGatewayFailures,
            Consecutive5xx = entry.Consecutive5xx ?? Consecutive5xx,
            Interval = entry.Interval ?? Interval,
            SuccessRate = SuccessRate.Under(entry.SuccessRate),
            FailurePercentage = FailurePercentage.Under(entry.FailurePercentage),
            Latency = Latency.Under(entry.Latency),
            Time = time,
            MaxTime = longest,
            MaxEjectedPercent = entry.MaxEjectedPercent ?? MaxEjectedPercent,
        };
    }
}
