using System.Collections.Immutable;

namespace GatewayMesh.Drills.Scenarios;

/// <summary>All scenarios.</summary>
internal static class ScenarioTable
{
    private static readonly ApplicationBehavior Quick = new(TimeSpan.FromMilliseconds(5));

    /// <summary>The scenarios, in the order of <c>--list</c>.</summary>
    public static ImmutableArray<Scenario> All { get; } =
    [
        new("canary", "How much of the traffic does a new version get?", 200,
            [("v1", 31, Quick), ("v2", 32, Quick)],
            [new("1-percent", "1 %"), new("10-percent", "10 %"), new("50-percent", "50 %"), new("all", "100 %")],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Failed,
                ScenarioColumn.Share("v1"),
                ScenarioColumn.Share("v2"),
                ScenarioColumn.Latency(0.99, "p99")]),
        new("blue-green", "Do callers notice when all traffic switches sides and back?", 200,
            [("blue", 31, Quick), ("green", 32, Quick)],
            [new("blue", "blue"), new("green", "green"), new("blue", "back to blue")],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Failed,
                ScenarioColumn.Share("blue"),
                ScenarioColumn.Share("green"),
                ScenarioColumn.Latency(0.99, "p99")]),
        new("flaky", "One of three instances fails every second request: what do callers see, and what does it cost?", 100,
            [("a", 31, Quick with { Failing = 0.5 }), ("b", 32, Quick), ("c", 33, Quick)],
            [new("no-retries", "no retries"), new("retries", "retries"), new("retries-and-ejection", "retries and ejection")],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Failed,
                ScenarioColumn.Load,
                ScenarioColumn.Share("a"),
                ScenarioColumn.Latency(0.99, "p99")]),
        new("slow-endpoint", "One of three instances takes 200 ms instead of 5 ms: how many callers wait for it?", 100,
            [("quick-1", 31, Quick), ("quick-2", 32, Quick), ("slow", 33, new ApplicationBehavior(TimeSpan.FromMilliseconds(200)))],
            [new("round-robin", "round robin"), new("least-request", "least request"), new("peak-ewma", "peak EWMA")],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Failed,
                ScenarioColumn.Share("slow"),
                ScenarioColumn.Latency(0.5, "p50"),
                ScenarioColumn.Latency(0.9, "p90"),
                ScenarioColumn.Latency(0.99, "p99")]),
        new("retry-storm", "Everything fails: how much do retries add to the load?", 100,
            [("a", 31, Quick with { Failing = 1 }), ("b", 32, Quick with { Failing = 1 }), ("c", 33, Quick with { Failing = 1 })],
            [new("budget", "with the budget"), new("no-budget", "without a budget")],
            [ScenarioColumn.Sent, ScenarioColumn.Failed, ScenarioColumn.Load]),
        new("overload", "Twice as many requests as the application can do: how many are answered within a second?", 200,
            [("application", 31, new ApplicationBehavior(TimeSpan.FromMilliseconds(40)) { Workers = 4 })],
            [new("no-limit", "no limit"), new("adaptive", "adaptive concurrency")],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Good,
                ScenarioColumn.Failed,
                ScenarioColumn.Latency(0.5, "p50"),
                ScenarioColumn.Latency(0.99, "p99")]),
        new("faults", "A policy injects delays, errors and resets: which callers see them?", 200,
            [("a", 31, Quick), ("b", 32, Quick)],
            [
                new("none", "no faults"),
                new("delay", "20 % delayed"),
                new("abort", "10 % are 503"),
                new("reset", "10 % reset"),
                new("other-callers", "other callers"),
                new("none", "no faults again")],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Failed,
                ScenarioColumn.Load,
                ScenarioColumn.Latency(0.5, "p50"),
                ScenarioColumn.Latency(0.9, "p90"),
                ScenarioColumn.Latency(0.99, "p99")]),
        new("shadow", "A new version that is slow and fails gets copies of the requests: do callers notice?", 200,
            [("v1", 31, Quick), ("v2", 32, new ApplicationBehavior(TimeSpan.FromMilliseconds(200)) { Failing = 0.5 })],
            [new("none", "no copies"), new("ten-percent", "10 % copied"), new("all", "all copied"), new("none", "no copies again")],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Failed,
                ScenarioColumn.Load,
                ScenarioColumn.Share("v1"),
                ScenarioColumn.Latency(0.5, "p50"),
                ScenarioColumn.Latency(0.99, "p99")]),
        new("flag-rollout", "A feature flag brings users to a new version, by group and by share: who gets it, and does anybody see both versions?", 200,
            [("v1", 31, Quick), ("v2", 32, Quick)],
            [
                new("off", "off"),
                new("beta", "group beta"),
                new("ten-percent", "and 10 %"),
                new("half", "and 50 %"),
                new("all", "everybody"),
                new("off", "off again"),
            ],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Failed,
                ScenarioColumn.Share("v2"),
                ScenarioColumn.UsersOf("v2"),
                ScenarioColumn.UsersOfSeveral,
                ScenarioColumn.Latency(0.99, "p99")]) { Users = 100 },
        new("idempotent-payments", "A caller repeats POSTs while its sidecar is killed again and again: how many are executed twice?", 200,
            [("payments", 31, new ApplicationBehavior(TimeSpan.FromMilliseconds(20)))],
            [new("no-keys", "keys are ignored"), new("keys", "each key runs once")],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Failed,
                ScenarioColumn.Twice,
                ScenarioColumn.Load,
                ScenarioColumn.Latency(0.5, "p50"),
                ScenarioColumn.Latency(0.99, "p99")]) { RepeatsPosts = true },
        new("jwt", "Half of the requests have a good token, a quarter none, a quarter a forged one: which pass, while keys rotate and the issuer is down?",
            200,
            [("a", 31, Quick), ("b", 32, Quick)],
            [
                new("none", "no tokens needed"),
                new("required", "tokens required") { NeedsKeys = true },
                new("required", "keys rotated") { NeedsKeys = true, RotatesKeys = true },
                new("required", "restart, issuer down") { StartsWithoutIssuer = true },
            ],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Good,
                ScenarioColumn.Unauthorized,
                ScenarioColumn.Load,
                ScenarioColumn.Latency(0.5, "p50"),
                ScenarioColumn.Latency(0.99, "p99")]) { IssuerPort = 95 },
        new("rate-limit", "A service has a rate limit of half the load: what passes, and what does shadow mode see?", 200,
            [("application", 31, Quick)],
            [new("none", "no limit"), new("shadow", "100/s, shadow"), new("limit", "100/s"), new("cost", "100/s, each costs 2")],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Good,
                ScenarioColumn.Refused,
                ScenarioColumn.Load,
                ScenarioColumn.Latency(0.99, "p99")]),
        new("rate-limit-mesh", "Three nodes get 60 %, 30 % and 10 % of 300/s, with a limit of 150/s: how much do they admit together?", 300,
            [("a", 31, Quick), ("b", 32, Quick), ("c", 33, Quick)],
            [
                new("none", "no limit"),
                new("node", "scope: node"),
                new("mesh", "mesh, divided"),
                new("mesh", "mesh, Redis") { HasStore = true },
                new("mesh", "mesh, Redis killed"),
            ],
            [
                ScenarioColumn.Sent,
                ScenarioColumn.Good,
                ScenarioColumn.Refused,
                ScenarioColumn.Share("a"),
                ScenarioColumn.Latency(0.99, "p99")])
        {
            Hosts = ["host-b", "host-c"],
            StorePort = 90,
        },
    ];

    /// <summary>The scenario of this name; null when there is none.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);
}
