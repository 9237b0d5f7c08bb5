namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>
/// Outlier ejection: an instance is not selected while its responses show failures. Each process ejects for itself; a successful real
/// request brings an instance back.
/// </summary>
public sealed record EjectionModel
{
    /// <summary>The defaults.</summary>
    public static EjectionModel Default { get; } = new();

    /// <summary>
    /// Consecutive attempts without a response of the application (no connection, reset, no head in time, the sidecar's own 502, 503, or
    /// 504) that eject an instance; 0: never. Default: 3.
    /// </summary>
    public int ConsecutiveFailures { get; init; } = 3;

    /// <summary>
    /// Consecutive responses of the application with 502, 503, or 504 (gRPC: UNAVAILABLE, DEADLINE_EXCEEDED) that eject an instance; 0:
    /// never. Default: 0 (not enforced by Envoy either).
    /// </summary>
    public int ConsecutiveGatewayFailures { get; init; }

    /// <summary>
    /// Consecutive responses of the application with 500 to 599 (gRPC: the two above, UNKNOWN, INTERNAL, DATA_LOSS) that eject an instance,
    /// unless it is the only instance; 0: never. <see cref="MaxEjectedPercent"/> bounds the effect of one caller's poisonous requests.
    /// Default: 5 (Envoy).
    /// </summary>
    public int Consecutive5xx { get; init; } = 5;

    /// <summary>
    /// Time between two comparisons of the instances, and time after which one past ejection is forgotten. Default: 10 s (Envoy).
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Ejection of instances with a lower success rate than the others.</summary>
    public SuccessRateModel SuccessRate { get; init; } = SuccessRateModel.Default;

    /// <summary>Ejection of instances that fail too often, regardless of the others.</summary>
    public FailurePercentageModel FailurePercentage { get; init; } = FailurePercentageModel.Default;

    /// <summary>Ejection of instances that are slower than the others.</summary>
    public LatencyModel Latency { get; init; } = LatencyModel.Default;

    /// <summary>
    /// Duration of an ejection, multiplied by the instance's number of ejections; each interval without an ejection reduces that number by
    /// one. Default: 10 s (Envoy: 30 s).
    /// </summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Maximum duration of an ejection. Default: 300 s (Envoy).</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// Maximum share of a service's instances that may be ejected at the same time, 0 to 1. A share above 0 always permits one ejection.
    /// Default: 0.1 (Envoy).
    /// </summary>
    public double MaxEjectedPercent { get; init; } = 0.1;

    /// <summary>Number of <paramref name="instances"/> that may be ejected at the same time.</summary>
    public int MaxOf(int instances) =>
        MaxEjectedPercent <= 0 || instances <= 0 ? 0 : Math.Max(1, (int)Math.Floor((instances * MaxEjectedPercent) + 1e-9));

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
