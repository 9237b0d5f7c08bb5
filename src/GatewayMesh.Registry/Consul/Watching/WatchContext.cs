using GatewayMesh.Registry.Consul.Agents;

namespace GatewayMesh.Registry.Consul.Watching;

/// <summary>What all watches of one registry share.</summary>
internal sealed class WatchContext(ConsulAgents agents, ReadingThread reading, WatchTimes times, TimeProvider time, Random random)
{
    /// <summary>The agents.</summary>
    public ConsulAgents Agents { get; } = agents;

    /// <summary>The thread that reads answers.</summary>
    public ReadingThread Reading { get; } = reading;

    /// <summary>The times.</summary>
    public WatchTimes Times { get; } = times;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Spreads waits.</summary>
    public Jitter Jitter { get; } = new(random);

    /// <summary>Something is to be told. Quick, never throws.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>A read failed: the pulse should be felt now. Quick, never throws.</summary>
    public Action Failed { get; set; } = () => { };

    /// <summary>Fires when the agent that polls wait at has fallen silent.</summary>
    public Func<CancellationToken> Silence { get; set; } = () => CancellationToken.None;

    /// <summary>Whether the token sees anything at all: without a right to read, Consul answers with empty lists.</summary>
    /// <exception cref="IOException">No agent answered.</exception>
    public async Task<bool> SeesAsync(CancellationToken cancellation)
    {
        var answer = await Agents.GetAsync(AgentLiveness.Question, cancellation).ConfigureAwait(false);
        return !AgentLiveness.IsEmpty(answer.OrThrow().Body);
    }

    /// <summary>The pause after the <paramref name="errors"/>th error in a row.</summary>
    public TimeSpan Pause(int errors) =>
        Jitter.UpTo(TimeSpan.FromTicks(Math.Min(Times.BackoffMax.Ticks, Times.Backoff.Ticks << Math.Min(errors - 1, 20))));
}
