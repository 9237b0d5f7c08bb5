using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Tests.Guard.Carrying;

/// <summary>A gateway's tunnel listener as seen by a guard: hello, a response byte (null: silence), then the test's script.</summary>
internal sealed class FakeGateway : IDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private int _connections;

    internal FakeGateway(string node, TunnelAnswer? answer = TunnelAnswer.Ok, Func<NetworkStream, Task>? then = null, int port = 0)
    {
        Node = node;
        Answer = answer;
        Then = then ?? (_ => Task.CompletedTask);
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start(100);
        _ = AcceptAsync();
    }

    internal string Node { get; }

    internal TunnelAnswer? Answer { get; set; }

    private Func<NetworkStream, Task> Then { get; }

    /// <summary>Time of the first response.</summary>
    internal Task Gate { get; set; } = Task.CompletedTask;

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal GatewayAddress Address => new(Node, new HostPort("127.0.0.1", 1), new HostPort("127.0.0.1", Port));

    internal ConcurrentQueue<TunnelHello> Hellos { get; } = [];

    internal int Connections => Volatile.Read(ref _connections);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(client);
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        await using (var tunnel = client.GetStream())
        {
            try
            {
                Hellos.Enqueue(await HelloAsync(tunnel));
                await Gate.WaitAsync(_stop.Token);
                if (Answer is { } answer)
                {
                    await tunnel.WriteAsync(new[] { (byte)answer }, _stop.Token);
                    await Then(tunnel);
                }
                else
                {
                    await tunnel.ReadExactlyAsync(new byte[1], _stop.Token);
                }
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException)
            {
            }
        }
    }

    private async Task<TunnelHello> HelloAsync(NetworkStream tunnel)
    {
        var bytes = new List<byte>();
        var next = new byte[1];
        while (true)
        {
            await tunnel.ReadExactlyAsync(next, _stop.Token);
            bytes.Add(next[0]);
            if (TunnelHello.Read(bytes.ToArray(), out var hello, out _) == TunnelHelloResult.Complete)
            {
                return hello!;
            }
        }
    }
}
