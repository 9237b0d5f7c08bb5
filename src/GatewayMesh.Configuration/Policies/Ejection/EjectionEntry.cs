using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Policies.Ejection;

/// <summary><c>ejection</c> of a service-policy, as declared; what is null falls to the policy beneath.</summary>
public sealed record EjectionEntry
{
    private static readonly ScalarType<int> InARow = ScalarTypes.Number(0, 1000);

    /// <summary><c>consecutiveFailures</c>: attempts in a row without an answer after which an instance is ejected.</summary>
    public int? ConsecutiveFailures { get; init; }

    /// <summary><c>consecutiveGatewayFailures</c>: the same for answers of 502, 503 and 504.</summary>
    public int? ConsecutiveGatewayFailures { get; init; }

    /// <summary><c>consecutive5xx</c>: the same for answers of 500 to 599.</summary>
    public int? Consecutive5xx { get; init; }

    /// <summary><c>interval</c>: how often instances are compared with each other.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary><c>successRate</c>.</summary>
    public SuccessRateEntry SuccessRate { get; init; } = new();

    /// <summary><c>failurePercentage</c>.</summary>
    public FailurePercentageEntry FailurePercentage { get; init; } = new();

    /// <summary><c>latency</c>.</summary>
    public LatencyEntry Latency { get; init; } = new();

    /// <summary><c>time</c>: how long an instance is ejected the first time.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary><c>maxTime</c>: how long at most.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary><c>maxEjectedPercent</c>: share of a service's instances that may be ejected at one time.</summary>
    public double? MaxEjectedPercent { get; init; }

    internal static EjectionEntry Bind(MappingReader reader)
    {
        var entry = new EjectionEntry
        {
            ConsecutiveFailures = reader.OrNull("consecutiveFailures", InARow),
            ConsecutiveGatewayFailures = reader.OrNull("consecutiveGatewayFailures", InARow),
            Consecutive5xx = reader.OrNull("consecutive5xx", InARow),
            Interval = reader.OrNull("interval", ScalarTypes.Duration.Where(value => value >= TimeSpan.FromSeconds(1), "is shorter than 1s", "say 1s or more, such as 10s")),
            SuccessRate = reader.Section("successRate", SuccessRateEntry.Bind),
            FailurePercentage = reader.Section("failurePercentage", FailurePercentageEntry.Bind),
            Latency = reader.Section("latency", LatencyEntry.Bind),
            Time = reader.OrNull("time", ScalarTypes.Duration),
            MaxTime = reader.OrNull("maxTime", ScalarTypes.Duration),
            MaxEjectedPercent = reader.OrNull("maxEjectedPercent", ScalarTypes.Percent),
        };
        if (entry.Time > (entry.MaxTime ?? EjectionModel.Default.MaxTime))
        {
            reader.Fail("time", "is longer than maxTime", "make maxTime the longer one (it is 300s by default)");
        }

        return entry;
    }
}
