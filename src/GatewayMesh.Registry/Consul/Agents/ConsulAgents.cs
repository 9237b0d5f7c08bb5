using System.Collections.Immutable;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>
/// The agents of one mesh. Reads go to the first that answers, since every agent tells the same; writes stay with the home agent, since
/// what is registered belongs to the agent it was registered at, and a second one would make it two.
/// </summary>
internal sealed class ConsulAgents : IDisposable
{
    /// <summary>How long the home agent must have been gone before writes go to the next: 60 s.</summary>
    public static TimeSpan HomeGone { get; } = TimeSpan.FromSeconds(60);

    /// <summary>After this time reads that moved away try the home agent again: 30 s.</summary>
    public static TimeSpan HomeAgain { get; } = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private int _reading;
    private long _movedAt;

    /// <summary>Opens them; nothing is dialled yet.</summary>
    public ConsulAgents(ConsulAccess access, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfZero(access.Agents.Length, nameof(access));
        _time = time;
        var token = new ConsulToken(access);
        All = [.. access.Agents.Select(address => new ConsulAgent(address, token, access.Tls, time))];
    }

    /// <summary>All of them, the home agent first.</summary>
    public ImmutableArray<ConsulAgent> All { get; }

    /// <summary>The agent that belongs to this host: the first.</summary>
    public ConsulAgent Home => All[0];

    /// <summary>Where to write now: the home agent, or, when that has been gone for <see cref="HomeGone"/>, the first other one that is not.</summary>
    public ConsulAgent Writer =>
        Home.GoneFor < HomeGone || Home.GoneFor is null ? Home : All.FirstOrDefault(agent => agent.GoneFor is null, Home);

    /// <summary>
    /// Reads from the first agent that answers with something else than a server's error, beginning with the one that did so last.
    /// When all have errors, the first error answer is the answer.
    /// </summary>
    /// <param name="ask">What to ask each agent (path and query, from <c>/v1</c> on) and the time that it has, more than the query's <c>wait</c>.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="IOException">None answered.</exception>
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

                // An agent that has lost its servers says so with 500; another one may have some.
                refused ??= answer;
            }
            catch (IOException failure)
            {
                failed ??= failure;
            }
        }

        return refused ?? throw new IOException(failed!.Message, failed);
    }

    /// <summary>The same question to each.</summary>
    /// <exception cref="IOException">None answered.</exception>
    public Task<ConsulAnswer> GetAsync(string path, TimeSpan patience, CancellationToken cancellation) => GetAsync(_ => (path, patience), cancellation);

    /// <summary>The same for a query that does not wait.</summary>
    /// <exception cref="IOException">None answered.</exception>
    public Task<ConsulAnswer> GetAsync(string path, CancellationToken cancellation) => GetAsync(_ => (path, ConsulAgent.Patience), cancellation);

    /// <summary>Writes at <see cref="Writer"/>.</summary>
    /// <exception cref="IOException">There was no answer.</exception>
    public Task<ConsulAnswer> PutAsync(string path, ReadOnlyMemory<byte> body, CancellationToken cancellation) => Writer.PutAsync(path, body, cancellation);

    /// <summary>Deletes at <see cref="Writer"/>.</summary>
    /// <exception cref="IOException">There was no answer.</exception>
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

            // This read tries home; the others stay where they are until it has answered.
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
