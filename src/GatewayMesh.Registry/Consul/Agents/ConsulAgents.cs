using System.Collections.Immutable;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>
/// The agents of one mesh. Reads go to the first agent that answers, because every agent has the same data. Writes stay at the home
/// agent: a registration belongs to the agent that received it, and a second agent would register a duplicate.
/// </summary>
internal sealed class ConsulAgents : IDisposable
{
    /// <summary>Time for which the home agent must be unreachable before writes go to the next agent: 60 s.</summary>
    public static TimeSpan HomeGone { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Time after which reads that moved to another agent try the home agent again: 30 s.</summary>
    public static TimeSpan HomeAgain { get; } = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private int _reading;
    private long _movedAt;

    /// <summary>Creates the agents without connecting.</summary>
    public ConsulAgents(ConsulAccess access, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfZero(access.Agents.Length, nameof(access));
        _time = time;
        var token = new ConsulToken(access);
        All = [.. access.Agents.Select(address => new ConsulAgent(address, token, access.Tls, time))];
    }

    /// <summary>All agents, the home agent first.</summary>
    public ImmutableArray<ConsulAgent> All { get; }

    /// <summary>The agent of this host: the first agent.</summary>
    public ConsulAgent Home => All[0];

    /// <summary>
    /// The agent to write to now: the home agent, or the first reachable agent after the home agent has been unreachable for
    /// <see cref="HomeGone"/>.
    /// </summary>
    public ConsulAgent Writer =>
        Home.GoneFor < HomeGone || Home.GoneFor is null ? Home : All.FirstOrDefault(agent => agent.GoneFor is null, Home);

    /// <summary>
    /// Reads from the first agent that answers without a server error, starting with the agent of the last successful read. Returns the
    /// first error answer when all agents have errors.
    /// </summary>
    /// <param name="ask">
    /// The path and query for each agent, starting at <c>/v1</c>, and the timeout, which exceeds the query's <c>wait</c>.
    /// </param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <exception cref="IOException">No agent answered.</exception>
    public async Task<ConsulAnswer> GetAsync(Func<ConsulAgent, (string Path, TimeSpan Patience)> ask, CancellationToken cancellation)
    {
        var first = First();
        ConsulAnswer? refused = null;
        IOException? failed = null;
        for (var i = 0; i < All.Length; i++)
        {
            var number = (first + i) % All.Length;
            try
            {
                var (path, patience) = ask(All[number]);
                var answer = await All[number].GetAsync(path, patience, cancellation).ConfigureAwait(false);
                if (answer.Status < 500)
                {
                    MoveTo(number);
                    return answer;
                }

                // An agent that has lost its servers answers 500. Another agent may still have some.
                refused ??= answer;
            }
            catch (IOException failure)
            {
                failed ??= failure;
            }
        }

        return refused ?? throw new IOException(failed!.Message, failed);
    }

    /// <summary>Sends the same query to each agent.</summary>
    /// <exception cref="IOException">No agent answered.</exception>
    public Task<ConsulAnswer> GetAsync(string path, TimeSpan patience, CancellationToken cancellation) =>
        GetAsync(_ => (path, patience), cancellation);

    /// <summary>Sends a query that does not block.</summary>
    /// <exception cref="IOException">No agent answered.</exception>
    public Task<ConsulAnswer> GetAsync(string path, CancellationToken cancellation) =>
        GetAsync(_ => (path, ConsulAgent.Patience), cancellation);

    /// <summary>Sends a PUT to <see cref="Writer"/>.</summary>
    /// <exception cref="IOException">No answer.</exception>
    public Task<ConsulAnswer> PutAsync(string path, ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        Writer.PutAsync(path, body, cancellation);

    /// <summary>Sends a DELETE to <see cref="Writer"/>.</summary>
    /// <exception cref="IOException">No answer.</exception>
    public Task<ConsulAnswer> DeleteAsync(string path, CancellationToken cancellation) => Writer.DeleteAsync(path, cancellation);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var agent in All)
        {
            agent.Dispose();
        }
    }

    private int First()
    {
        lock (_lock)
        {
            if (_reading == 0 || _time.GetElapsedTime(_movedAt) < HomeAgain)
            {
                return _reading;
            }

            // This read tries the home agent. All other reads keep their agent until the home agent has answered.
            _movedAt = _time.GetTimestamp();
            return 0;
        }
    }

    private void MoveTo(int number)
    {
        lock (_lock)
        {
            if (number != _reading)
            {
                _reading = number;
                _movedAt = _time.GetTimestamp();
            }
        }
    }
}
