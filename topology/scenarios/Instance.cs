using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Scenarios;

/// <summary>An application: a real server whose behaviour may change while it runs, and which counts what it does.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Random _random;
    private volatile Behaviour _behaviour;
    private SemaphoreSlim? _workers;
    private int _requests;
    private int _working;

    private Instance(string name, int port, Behaviour behaviour)
    {
        Name = name;
        _behaviour = behaviour;
        _random = new Random(port);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _server = builder.Build();
        _server.Run(AnswerAsync);
        Behave(behaviour);
    }

    /// <summary>Its name, also in the answer's <c>X-Instance</c>.</summary>
    public string Name { get; }

    /// <summary>Requests so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Waits until it has done all that it took on.</summary>
    public async Task IdleAsync()
    {
        while (Volatile.Read(ref _working) > 0)
        {
            await Task.Delay(20);
        }
    }

    public static async Task<Instance> StartAsync(string name, int port, Behaviour behaviour)
    {
        var instance = new Instance(name, port, behaviour);
        await instance._server.StartAsync();
        return instance;
    }

    /// <summary>From now on it answers so.</summary>
    public void Behave(Behaviour behaviour)
    {
        _workers = behaviour.Workers == int.MaxValue ? null : new SemaphoreSlim(behaviour.Workers);
        _behaviour = behaviour;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    // Work that was taken on is done to its end, also when nobody waits for it any longer: as most applications do.
    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _working);
        var (behaviour, workers) = (_behaviour, _workers);
        if (workers is not null)
        {
            await workers.WaitAsync();
        }

        try
        {
            await Task.Delay(behaviour.Latency);
        }
        finally
        {
            workers?.Release();
            Interlocked.Decrement(ref _working);
        }

        context.Response.Headers["X-Instance"] = Name;
        context.Response.StatusCode = Draw() < behaviour.Failing ? 503 : 200;
    }

    private double Draw()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }
}
