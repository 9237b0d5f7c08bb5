using System.Net;
using System.Net.Sockets;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Probing;

/// <summary>The guard's own socket at the far end of the probe: responds to each request that the worker forwards.</summary>
internal sealed class ProbeUpstream : IDisposable
{
    private const int MaxConnections = 8;
    private readonly ListeningSocket _listener = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly List<Socket> _connections = [];
    private readonly byte[] _buffer = new byte[4096];
    private int _firstIndex;

    internal ProbeUpstream()
    {
        Address = _listener.LocalAddress;
    }

    /// <summary>Address for the worker.</summary>
    internal IPEndPoint Address { get; }

    internal static ReadOnlySpan<byte> Body => "probe-ok\n"u8;

    private static ReadOnlySpan<byte> Answer => "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nprobe-ok\n"u8;

    internal void AddTo(PollSet poll)
    {
        _firstIndex = poll.Add(_listener.Number);
        foreach (var connection in _connections)
        {
            poll.Add((int)connection.Handle);
        }
    }

    internal void Advance(PollSet poll)
    {
        for (var i = _connections.Count - 1; i >= 0; i--)
        {
            if (poll.IsReady(_firstIndex + 1 + i) && !TryAnswer(_connections[i]))
            {
                _connections[i].Dispose();
                _connections.RemoveAt(i);
            }
        }

        if (poll.IsReady(_firstIndex) && _listener.Accept(out var accepted) == AcceptResult.Accepted)
        {
            // A worker keeps one or two connections; more come from another process, and the oldest is closed.
            if (_connections.Count == MaxConnections)
            {
                _connections[0].Dispose();
                _connections.RemoveAt(0);
            }

            _connections.Add(new Socket(new SafeSocketHandle(accepted!.Release(), ownsHandle: true)) { Blocking = false, NoDelay = true });
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _connections.ForEach(connection => connection.Dispose());
    }

    // A probe request is smaller than any segment: the bytes are a whole request or come from another process.
    private bool TryAnswer(Socket connection)
    {
        var count = connection.Receive(_buffer, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
        {
            return true;
        }

        return error == SocketError.Success
            && count > 0
            && _buffer.AsSpan(0, count).EndsWith("\r\n\r\n"u8)
            && connection.Send(Answer, SocketFlags.None, out error) == Answer.Length;
    }
}
