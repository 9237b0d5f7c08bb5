namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>The timing of all watches.</summary>
internal sealed record WatchTimes
{
    /// <summary>Time for which an agent blocks a query without changes. Default: 30 s, ± 10 %.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Extra time for an answer beyond the wait and Consul's own sixteenth of the wait. Default: 3 s.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>First pause after an error, doubled after each further error; the actual pause is a random part. Default: 200 ms.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause. Default: 10 s.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time to keep items that disappeared when an agent restarted. Default: 10 s.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Interval of the liveness poll. Default: 3 s, ± 20 %.</summary>
    public TimeSpan AgentLiveness { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Interval between reads of a kind of entry that the agent's version does not know. Default: 1 min, ± 20 %.</summary>
    public TimeSpan UnknownKind { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Timeout of a liveness poll, after which the long polls at that agent are cancelled. Default: 3 s.</summary>
    public TimeSpan LivenessTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Interval between reads of the nodes' records, plus a tenth of a second per node. Default: 5 s, ± 20 %.</summary>
    public TimeSpan Nodes { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Interval between reads of services in rotation. Default: 50 ms.</summary>
    public TimeSpan Rotation { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Time after its last use for which a service stays watched. Default: 10 min.</summary>
    public TimeSpan Use { get; init; } = TimeSpan.FromMinutes(10);
}
