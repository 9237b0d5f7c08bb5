namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>The times of all watches.</summary>
internal sealed record WatchTimes
{
    /// <summary>How long an agent holds a question to which there is no news. Default: 30 s, each time ± 10 %.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What an answer may take beyond that and beyond the sixteenth that Consul adds. Default: 3 s.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The first pause after an error, doubled at each further one; what is waited is a random part of it. Default: 200 ms.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause. Default: 10 s.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long what vanished with an agent that began anew is held. Default: 10 s.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two questions whether Consul answers at all. Default: 3 s, ± 20 %.</summary>
    public TimeSpan AgentLiveness { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What such an answer may take; then the polls that wait at this agent are given up. Default: 3 s.</summary>
    public TimeSpan PulseLimit { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time between two readings of the nodes' records, beside the tenth of a second that each of them adds. Default: 5 s, ± 20 %.</summary>
    public TimeSpan Nodes { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time between two looks at services in rotation. Default: 50 ms.</summary>
    public TimeSpan Rotation { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long after its last use a service is still watched. Default: 10 min.</summary>
    public TimeSpan Use { get; init; } = TimeSpan.FromMinutes(10);
}
