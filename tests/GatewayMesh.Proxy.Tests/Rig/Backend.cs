using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>An application on a raw socket whose responses the test writes byte by byte.</summary>
internal sealed class Backend : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentBag<RawConnection> _connections = [];
    private readonly Channel<RawConnection> _accepted = Channel.CreateUnbounded<RawConnection>();
    private readonly Func<RawMessage, RawConnection, Task>? _answer;
    private int _executed;

    /// <summary>
    /// With <paramref name="answer"/>, calls it for each request whose head has arrived. Without it, the test accepts connections itself.
    /// </summary>
    public Backend(Func<RawMessage, RawConnection, Task>? answer = null)
    {
        _answer = answer;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        Address = (IPEndPoint)_listener.LocalEndPoint!;
        _ = Task.Run(Accept);
    }

    public IPEndPoint Address { get; }

    public HostPort HostPort => new("127.0.0.1", Address.Port);

    /// <summary>Number of heads that arrived.</summary>
    public int Executed => Volatile.Read(ref _executed);

    public int Connections => _connections.Count;

    public ConcurrentQueue<RawMessage> Requests { get; } = [];

    public RawMessage Last => Requests.Last();

    /// <summary>Answers every request in the same way, with a body of fixed length.</summary>
    public static Backend Answering(string body, string fields = "") =>
        new((_, connection) => connection.Send($"HTTP/1.1 200 OK\r\n{fields}Content-Length: {body.Length}\r\n\r\n{body}"));

    /// <summary>Answers every request with these bytes.</summary>
    public static Backend Bytes(string response) => new((_, connection) => connection.Send(response));

    /// <summary>Answers with these bytes and ends the connection.</summary>
    public static Backend BytesAndEnd(string response) => new(async (_, connection) =>
    {
        await connection.Send(response);
        connection.Socket.Shutdown(SocketShutdown.Both);
        connection.Dispose();
    });

    /// <summary>Returns an address without a listener.</summary>
    public static HostPort ClosedPort()
    {
        using var backend = new Backend();
        return backend.HostPort;
    }

    /// <summary>Returns the next connection, for tests that script it themselves.</summary>
    public async Task<RawConnection> NextConnection(TimeSpan? patient = null)
    {
        using var patience = new CancellationTokenSource(patient ?? RawConnection.Patience);
        return await _accepted.Reader.ReadAsync(patience.Token);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _accepted.Writer.TryComplete();
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var connection = new RawConnection(await _listener.AcceptAsync());
                _connections.Add(connection);
                if (_answer is null)
                {
                    _accepted.Writer.TryWrite(connection);
                }
                else
                {
                    _ = Task.Run(() => Serve(connection));
                }
            }
        }
        catch (Exception error) when (error is ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task Serve(RawConnection connection)
    {
        try
        {
            while (true)
            {
                var request = new RawMessage(await connection.ReadHead());
                Interlocked.Increment(ref _executed);
                if (!request.Has("Expect"))
                {
                    await ReadBody(request, connection);
                }

                Requests.Enqueue(request);
                await _answer!(request, connection);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
        }
    }

    public static async Task ReadBody(RawMessage request, RawConnection connection)
    {
        if (request.Has("Transfer-Encoding"))
        {
            await connection.ReadChunksInto(request);
        }
        else if (request["Content-Length"] is { } length)
        {
            request.Body = System.Text.Encoding.Latin1.GetString(
                await connection.ReadBytes(int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)));
        }
    }
}
