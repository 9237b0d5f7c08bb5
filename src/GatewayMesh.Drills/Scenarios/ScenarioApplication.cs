using System.Collections.Concurrent;
using GatewayMesh.Drills.Applications;

namespace GatewayMesh.Drills.Scenarios;

/// <summary>An application of a scenario: a real server that counts its requests.</summary>
internal sealed class ScenarioApplication : IDisposable
{
    /// <summary>Field of each answer with the application's name.</summary>
    public const string NameField = "X-Instance";

    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(20);

    private readonly ApplicationBehavior _behavior;
    private readonly AppServer _server;
    private readonly Random _random;
    private readonly SemaphoreSlim? _workers;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, int> _works = new();
    private int _requests;
    private int _working;

    /// <summary>Binds <paramref name="port"/> on loopback and serves. The port seeds the choice of failing requests.</summary>
    public ScenarioApplication(string name, int port, ApplicationBehavior behavior, TimeProvider time)
    {
        (Name, _behavior, _time) = (name, behavior, time);
        _random = new Random(port);
        _workers = behavior.Workers == int.MaxValue ? null : new SemaphoreSlim(behavior.Workers);
        _server = new AppServer(port, AnswerAsync);
        _server.Start();
    }

    /// <summary>The application's name, also in the field <see cref="NameField"/> of its answers.</summary>
    public string Name { get; }

    /// <summary>Requests received so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Number of works that were executed more than once. A path other than that of the plain load names a work.</summary>
    public int Twice => _works.Values.Count(times => times > 1);

    /// <summary>Waits until all accepted requests are processed.</summary>
    public async Task IdleAsync(CancellationToken cancellation)
    {
        while (Volatile.Read(ref _working) > 0)
        {
            await Task.Delay(IdlePause, _time, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _server.Dispose();

    // Accepted work is finished even if the caller has gone, as in most applications.
    private async Task<AppResponse> AnswerAsync(string path)
    {
        Interlocked.Increment(ref _requests);
        if (path != ScenarioLoad.Path)
        {
            _works.AddOrUpdate(path, 1, static (_, times) => times + 1);
        }

        Interlocked.Increment(ref _working);
        if (_workers is not null)
        {
            await _workers.WaitAsync().ConfigureAwait(false);
        }

        try
        {
            await Task.Delay(_behavior.Latency, _time).ConfigureAwait(false);
        }
        finally
        {
            _workers?.Release();
            Interlocked.Decrement(ref _working);
        }

        return new AppResponse(NextRandom() < _behavior.Failing ? 503 : 200, "") { Fields = $"{NameField}: {Name}\r\n" };
    }

    private double NextRandom()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }
}
