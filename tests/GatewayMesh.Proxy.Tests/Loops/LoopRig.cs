using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Tests.Loops;

/// <summary>A running loop, and connections between it and ordinary sockets.</summary>
internal sealed class LoopRig : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ListeningSocket _listener = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0));

    public LoopRig(TimeProvider? time = null)
    {
        Loop = new EventLoop("test", time ?? TimeProvider.System, Failures.Enqueue);
        Loop.Start();
    }

    public EventLoop Loop { get; }

    public ConcurrentQueue<Exception> Failures { get; } = new();

    public IPEndPoint Address => _listener.LocalAddress;

    /// <summary>Runs code on the loop and waits for its end.</summary>
    public async Task Run(Func<Task> code)
    {
        await RunAsync(code).WaitAsync(Patience);

        async Task RunAsync(Func<Task> work)
        {
            await Loop.SwitchTo();
            await work().ConfigureAwait(false);
        }
    }

    /// <summary>Runs code on the loop and returns its result.</summary>
    public async Task<T> Get<T>(Func<T> code)
    {
        var result = default(T);
        await Run(() =>
        {
            result = code();
            return Task.CompletedTask;
        });
        return result!;
    }

    /// <summary>A connection whose one end is on the loop.</summary>
    public async Task<(LoopSocket Here, Socket There)> Pair(int bufferSize = 0)
    {
        var (fd, there) = await Raw(bufferSize);
        return (await Get(() => new LoopSocket(Loop, fd, Address)), there);
    }

    /// <summary>A connection whose one end is a descriptor for the loop.</summary>
    public async Task<(int Here, Socket There)> Raw(int bufferSize = 0)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (bufferSize > 0)
        {
            (client.ReceiveBufferSize, client.SendBufferSize) = (bufferSize, bufferSize);
        }

        await client.ConnectAsync(Address);
        using var limit = new CancellationTokenSource(Patience);
        Descriptor? accepted;
        while (_listener.Accept(out accepted) != AcceptResult.Accepted)
        {
            await Task.Delay(1, limit.Token);
        }

        return (accepted!.Release(), client);
    }

    /// <summary>Waits until a condition, evaluated on the loop, is true.</summary>
    public async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!await Get(condition))
        {
            await Task.Delay(1, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Loop.DisposeAsync();
        _listener.Dispose();
        Assert.That(Failures, Is.Empty);
    }
}
