using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary>Declared <c>ejection</c> of a service-policy; a null value is inherited.</summary>
public sealed record EjectionEntry
{
    private static readonly ScalarType<int> InARow = ScalarTypes.Number(0, 1000);

    /// <summary><c>consecutiveFailures</c>: consecutive attempts without a response that eject an instance.</summary>
    public int? ConsecutiveFailures { get; init; }

    /// <summary><c>consecutiveGatewayFailures</c>: the same for responses with 502, 503, and 504.</summary>
    public int? ConsecutiveGatewayFailures { get; init; }

    /// <summary><c>consecutive5xx</c>: the same for responses with 500 to 599.</summary>
    public int? Consecutive5xx { get; init; }

    /// <summary><c>interval</c>: time between two comparisons of the instances.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary><c>successRate</c>.</summary>
    public SuccessRateEntry SuccessRate { get => field ?? new(); init; } = new();

    /// <summary><c>failurePercentage</c>.</summary>
    public FailurePercentageEntry FailurePercentage { get => field ?? new(); init; } = new();

    /// <summary><c>latency</c>.</summary>
    public LatencyEntry Latency { get => field ?? new(); init; } = new();

    /// <summary><c>time</c>: duration of the first ejection.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary><c>maxTime</c>: maximum duration of an ejection.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary><c>maxEjectedPercent</c>: maximum share of a service's instances that may be ejected at the same time.</summary>
    public double? MaxEjectedPercent { get; init; }

    internal static EjectionEntry Bind(MappingReader reader)
    {
        var entry = new EjectionEntry
        {
            ConsecutiveFailures = reader.OrNull("consecutiveFailures", InARow),
            ConsecutiveGatewayFailures = reader.OrNull("consecutiveGatewayFailures", InARow),
            Consecutive5xx = reader.OrNull("consecutive5xx", InARow),
            Interval = reader.OrNull(
                "interval",
                ScalarTypes.Duration.Where(value => value >= TimeSpan.FromSeconds(1), "is shorter than 1s", "use 1s or more, such as 10s")),
            SuccessRate = reader.Section("successRate", SuccessRateEntry.Bind),
            FailurePercentage = reader.Section("failurePercentage", FailurePercentageEntry.Bind),
            Latency = reader.Section("latency", LatencyEntry.Bind),
            Time = reader.OrNull("time", ScalarTypes.Duration),
            MaxTime = reader.OrNull("maxTime", ScalarTypes.Duration),
            MaxEjectedPercent = reader.OrNull("maxEjectedPercent", ScalarTypes.Percent),
        };
        if (entry.Time > (entry.MaxTime ?? EjectionModel.Default.MaxTime))
        {
            reader.Fail("time", "is longer than maxTime", "raise maxTime (300s by default) or lower time");
        }

        return entry;
    }
}
