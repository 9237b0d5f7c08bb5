using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>The state shared by all watches of one registry.</summary>
internal sealed class WatchContext(ConsulAgents agents, ParsingThread reading, WatchTimes times, TimeProvider time, Random random)
{
    /// <summary>The agents.</summary>
    public ConsulAgents Agents { get; } = agents;

    /// <summary>The thread that parses answers.</summary>
    public ParsingThread Reading { get; } = reading;

    /// <summary>The times.</summary>
    public WatchTimes Times { get; } = times;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Random spread of waits.</summary>
    public Jitter Jitter { get; } = new(random);

    /// <summary>Called when there is something to report. Must be quick and must not throw.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>Called when a read failed and the agent's liveness should be polled now. Must be quick and must not throw.</summary>
    public Action Failed { get; set; } = () => { };

    /// <summary>The token that fires when the polled agent has fallen silent.</summary>
    public Func<CancellationToken> Silence { get; set; } = () => CancellationToken.None;

    /// <summary>True if the token has any read rights. Without them Consul returns empty lists.</summary>
    /// <exception cref="IOException">No agent answered.</exception>
    public async Task<bool> SeesAsync(CancellationToken cancellation)
    {
        var answer = await Agents.GetAsync(AgentLiveness.Question, cancellation).ConfigureAwait(false);
        return !AgentLiveness.IsEmpty(answer.OrThrow().Body);
    }

    /// <summary>The pause after the <paramref name="errors"/>th error in a row.</summary>
    // Not Polly: a watch has no operation that could be run again (between two tries the query loses its index and moves to another
    // agent), the pause is one expression, and the guard links this library and has no memory for another.
    public TimeSpan Pause(int errors) =>
        Jitter.UpTo(TimeSpan.FromTicks(Math.Min(Times.BackoffMax.Ticks, Times.Backoff.Ticks << Math.Min(errors - 1, 20))));
}
