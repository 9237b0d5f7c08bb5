using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Clients;

/// <summary>
/// An application without any mesh library: 500 requests per second by the clock, at most 20 at a time, with HTTP/1.1 on as many
/// keep-alive connections.
/// </summary>
internal sealed class PlainClient : IAsyncDisposable
{
    public const int Connections = 20;
    private const int Rate = 500;
    private readonly Channel<bool> _due = Channel.CreateUnbounded<bool>();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly int[] _outcomes = new int[Enum.GetValues<Outcome>().Length];
    private readonly Task _running;
    private int _sent;

    public PlainClient(IPEndPoint target, string host)
        : this(() => new PlainConnection(target, host))
    {
    }

    /// <summary>Creates a client with another kind of requests.</summary>
    public PlainClient(Func<IRequests> make) =>
        _running = Task.WhenAll([ScheduleAsync(), .. Enumerable.Range(0, Connections).Select(_ => WorkAsync(make))]);

    public ClientReport Report =>
        new(
            Volatile.Read(ref _sent),
            Count(Outcome.Ok),
            Count(Outcome.Refused),
            Count(Outcome.Lost),
            Count(Outcome.ServerError),
            Count(Outcome.Other));

    /// <summary>Error of the first failed request.</summary>
    public string Failures => string.Join('\n', _failures);

    /// <summary>Waits until that many more requests are answered with 200.</summary>
    public Task UntilServedAsync(int more)
    {
        var goal = Count(Outcome.Ok) + more;
        return Eventually.Until(
            $"{more} more requests served",
            () => Task.FromResult(Count(Outcome.Ok) >= goal),
            () => Task.FromResult($"{Report}\n{Failures}"));
    }

    /// <summary>Ends the load, waits for requests in flight, and returns the report.</summary>
    public async Task<ClientReport> StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await TestContext.Out.WriteLineAsync($"{Report}\n{Failures}");
        return Report;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task ScheduleAsync()
    {
        var watch = Stopwatch.StartNew();
        var issued = 0L;
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        try
        {
            while (await tick.WaitForNextTickAsync(_stop.Token))
            {
                for (var due = watch.ElapsedMilliseconds * Rate / 1000; issued < due; issued++)
                {
                    _due.Writer.TryWrite(true);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }

        _due.Writer.Complete();
    }

    private async Task WorkAsync(Func<IRequests> make)
    {
        using var connection = make();
        try
        {
            while (await _due.Reader.WaitToReadAsync(_stop.Token))
            {
                while (!_stop.IsCancellationRequested && _due.Reader.TryRead(out _))
                {
                    Interlocked.Increment(ref _sent);
                    var outcome = await connection.GetAsync();
                    Interlocked.Increment(ref _outcomes[(int)outcome]);
                    if (outcome != Outcome.Ok && _failures.Count < 10)
                    {
                        _failures.Enqueue($"{outcome}: {connection.Answer}");
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private int Count(Outcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);
}
