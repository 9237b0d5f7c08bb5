using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Scenarios;

/// <summary>An application: a real server that counts its requests and whose behavior may change while it runs.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Random _random;
    private volatile Behavior _behavior;
    private SemaphoreSlim? _workers;
    private int _requests;
    private int _working;

    private Instance(string name, int port, Behavior behavior)
    {
        Name = name;
        _behavior = behavior;
        _random = new Random(port);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        _server = builder.Build();
        _server.Run(AnswerAsync);
        Behave(behavior);
    }

    /// <summary>The instance's name, also in the field <c>X-Instance</c> of answers.</summary>
    public string Name { get; }

    /// <summary>Requests received so far.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Waits until all accepted requests are processed.</summary>
    public async Task IdleAsync()
    {
        while (Volatile.Read(ref _working) > 0)
        {
            await Task.Delay(20);
        }
    }

    public static async Task<Instance> StartAsync(string name, int port, Behavior behavior)
    {
        var instance = new Instance(name, port, behavior);
        await instance._server.StartAsync();
        return instance;
    }

    /// <summary>Changes the behavior.</summary>
    public void Behave(Behavior behavior)
    {
        _workers = behavior.Workers == int.MaxValue ? null : new SemaphoreSlim(behavior.Workers);
        _behavior = behavior;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    // Accepted work is finished even if the caller has gone, as in most applications.
    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Increment(ref _working);
        var (behavior, workers) = (_behavior, _workers);
        if (workers is not null)
        {
            await workers.WaitAsync();
        }

        try
        {
            await Task.Delay(behavior.Latency);
        }
        finally
        {
            workers?.Release();
            Interlocked.Decrement(ref _working);
        }

        context.Response.Headers["X-Instance"] = Name;
        context.Response.StatusCode = NextRandom() < behavior.Failing ? 503 : 200;
    }

    private double NextRandom()
    {
        lock (_random)
        {
            return _random.NextDouble();
        }
    }
}
