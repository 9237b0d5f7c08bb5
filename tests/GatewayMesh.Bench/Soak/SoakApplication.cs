using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Bench.Soak;

/// <summary>An application on one thread that answers each request of a client of the soak with the same bytes.</summary>
internal sealed class SoakApplication : IDisposable
{
    private const int Accepting = -1;
    private static readonly byte[] Content = [.. Enumerable.Repeat((byte)'x', 118), (byte)'\n'];
    private static readonly byte[] Answer = [.. "HTTP/1.1 200 OK\r\nContent-Length: 119\r\n\r\n"u8, .. Content];

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Dictionary<int, Socket> _connections = [];
    private readonly Thread _thread;
    private readonly Epoll _epoll = new();
    private volatile bool _isOver;

    public SoakApplication(int port)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(4096);
        _epoll.Watch(_listener, Accepting);
        _thread = new Thread(Serve) { IsBackground = true, Name = "application" };
        _thread.Start();
    }

    /// <summary>Content of each response: 119 bytes.</summary>
    public static ReadOnlySpan<byte> Body => Content;

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        _listener.Dispose();
        _epoll.Dispose();
    }

    private void Serve()
    {
        var ids = new int[512];
        var buffer = new byte[16 * 1024];
        for (var next = 0; !_isOver;)
        {
            var count = _epoll.Wait(ids, 200);
            for (var i = 0; i < count; i++)
            {
                if (ids[i] == Accepting)
                {
                    var connection = _listener.Accept();
                    connection.NoDelay = true;
                    connection.Blocking = false;
                    _connections[next] = connection;
                    _epoll.Watch(connection, next++);
                }
                else
                {
                    AnswerTo(ids[i], buffer);
                }
            }
        }

        foreach (var connection in _connections.Values)
        {
            connection.Dispose();
        }
    }

    // The proxy sends the whole of a small request at once.
    private void AnswerTo(int id, byte[] buffer)
    {
        var connection = _connections[id];
        var count = connection.Receive(buffer, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return;
        }

        if (count == 0 || error != SocketError.Success)
        {
            connection.Dispose();
            _ = _connections.Remove(id);
            return;
        }

        for (var received = buffer.AsSpan(0, count); received.IndexOf("\r\n\r\n"u8) is >= 0 and var end; received = received[(end + 4)..])
        {
            _ = connection.Send(Answer, SocketFlags.None, out _);
        }
    }
}
