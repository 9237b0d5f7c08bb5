namespace GatewayMesh.Scenarios;

/// <summary>All scenarios.</summary>
internal static class Scenarios
{
    private static readonly Behavior Quick = new(TimeSpan.FromMilliseconds(5));

    public static Scenario[] All { get; } =
    [
        new("canary", "How much of the traffic does a new version get?", 200,
            [("v1", 31, Quick), ("v2", 32, Quick)],
            [new("1-percent", "1 %"), new("10-percent", "10 %"), new("50-percent", "50 %"), new("all", "100 %")],
            [Column.Sent, Column.Failed, Column.Share("v1"), Column.Share("v2"), Column.Latency(0.99, "p99")]),
        new("blue-green", "Do callers notice when all traffic switches sides and back?", 200,
            [("blue", 31, Quick), ("green", 32, Quick)],
            [new("blue", "blue"), new("green", "green"), new("blue", "back to blue")],
            [Column.Sent, Column.Failed, Column.Share("blue"), Column.Share("green"), Column.Latency(0.99, "p99")]),
        new("flaky", "One of three instances fails every second request: what do callers see, and what does it cost?", 100,
            [("a", 31, Quick with { Failing = 0.5 }), ("b", 32, Quick), ("c", 33, Quick)],
            [new("no-retries", "no retries"), new("retries", "retries"), new("retries-and-ejection", "retries and ejection")],
            [Column.Sent, Column.Failed, Column.Load, Column.Share("a"), Column.Latency(0.99, "p99")]),
        new("slow-endpoint", "One of three instances takes 200 ms instead of 5 ms: how many callers wait for it?", 100,
            [("quick-1", 31, Quick), ("quick-2", 32, Quick), ("slow", 33, new(TimeSpan.FromMilliseconds(200)))],
            [new("round-robin", "round robin"), new("least-request", "least request"), new("peak-ewma", "peak EWMA")],
            [
                Column.Sent,
                Column.Failed,
                Column.Share("slow"),
                Column.Latency(0.5, "p50"),
                Column.Latency(0.9, "p90"),
                Column.Latency(0.99, "p99")]),
        new("retry-storm", "Everything fails: how much do retries add to the load?", 100,
            [("a", 31, Quick with { Failing = 1 }), ("b", 32, Quick with { Failing = 1 }), ("c", 33, Quick with { Failing = 1 })],
            [new("budget", "with the budget"), new("no-budget", "without a budget")],
            [Column.Sent, Column.Failed, Column.Load]),
        new("overload", "Twice as many requests as the application can do: how many are answered within a second?", 200,
            [("application", 31, new(TimeSpan.FromMilliseconds(40)) { Workers = 4 })],
            [new("no-limit", "no limit"), new("adaptive", "adaptive concurrency")],
            [Column.Sent, Column.Good, Column.Failed, Column.Latency(0.5, "p50"), Column.Latency(0.99, "p99")]),
    ];
}
