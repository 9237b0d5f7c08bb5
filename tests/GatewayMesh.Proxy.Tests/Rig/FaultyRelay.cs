using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>
/// A relay of bytes in front of an address that breaks connections at random bytes: before or after a byte of the request, in a handshake,
/// or on the way back. The first connection is slow; a seed decides what happens to the n-th.
/// </summary>
internal sealed class FaultyRelay : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly Random _random;
    private readonly int _reach;
    private int _accepted;

    /// <summary>Creates a relay.</summary>
    /// <param name="target">Address of the peer.</param>
    /// <param name="seed">Seed of the faults.</param>
    /// <param name="reach">Bytes of a connection within which it breaks.</param>
    public FaultyRelay(IPEndPoint target, int seed, int reach)
    {
        (_target, _random, _reach) = (target, new Random(seed), reach);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _ = Task.Run(AcceptAsync);
    }

    public HostPort HostPort => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndPoint!).Port);

    /// <summary>Connections so far.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        var isFirst = true;
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                Interlocked.Increment(ref _accepted);
                var plan = isFirst ? Plan.Slow(_reach) : Plan.Draw(_random, _reach);
                isFirst = false;
                _ = Task.Run(() => RelayAsync(client, plan));
            }
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task RelayAsync(Socket client, Plan plan)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            if (plan.Requests > 0)
            {
                await server.ConnectAsync(_target);
                await Task.WhenAny(
                    PassAsync(client, server, plan.Requests, delay: TimeSpan.Zero), PassAsync(server, client, plan.Responses, plan.Delay));
            }
        }
        catch (SocketException)
        {
        }
        finally
        {
            Reset(client);
            Reset(server);
        }
    }

    // Ends at the end of the stream, or after this many bytes.
    private static async Task PassAsync(Socket from, Socket to, int most, TimeSpan delay)
    {
        var buffer = new byte[4096];
        try
        {
            while (most > 0)
            {
                var count = await from.ReceiveAsync(buffer.AsMemory(0, Math.Min(most, buffer.Length)));
                if (count == 0)
                {
                    return;
                }

                most -= count;
                if (delay > TimeSpan.Zero)
                {
                    await Task.Delay(delay);
                }

                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
                }
            }
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
        }
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Dispose();
    }

    /// <summary>Fault of one connection.</summary>
    /// <param name="Requests">Bytes towards the instance after which the connection is reset.</param>
    /// <param name="Responses">Bytes towards the caller after which it is.</param>
    /// <param name="Delay">Delay of each piece towards the caller.</param>
    private sealed record Plan(int Requests, int Responses, TimeSpan Delay)
    {
        /// <summary>Slow, so that requests are hedged.</summary>
        public static Plan Slow(int reach) => new(int.MaxValue, reach, TimeSpan.FromMilliseconds(30));

        public static Plan Draw(Random random, int reach) => random.Next(8) switch
        {
            0 => new Plan(0, 0, TimeSpan.Zero), // reset before a byte
            1 or 2 => new Plan(1 + random.Next(reach), int.MaxValue, TimeSpan.Zero), // in a request
            3 or 4 => new Plan(int.MaxValue, random.Next(reach), TimeSpan.Zero), // in a response, or before it
            5 => Slow(reach),
            6 => new Plan(int.MaxValue, random.Next(reach), TimeSpan.FromSeconds(1)), // lost: timed out
            _ => new Plan(2 * reach, 2 * reach, TimeSpan.Zero), // well for a while
        };
    }
}
