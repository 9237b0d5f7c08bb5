using System.Net;
using System.Net.Sockets;

namespace GatewayMesh.Admin.Http;

/// <summary>
/// A connection read and written on the calling thread, with one total time limit. The socket is non-blocking and uses poll, so that it
/// never needs the thread pool.
/// </summary>
public readonly struct TimedSocket
{
    private readonly Socket _socket;
    private readonly long _end;

    /// <summary>Takes ownership of <paramref name="socket"/> and starts the time limit.</summary>
    public TimedSocket(Socket socket, TimeSpan limit)
    {
        socket.Blocking = false;
        _socket = socket;
        _end = Environment.TickCount64 + (long)limit.TotalMilliseconds;
    }

    /// <summary>Connects to <paramref name="to"/>.</summary>
    public void Connect(EndPoint to)
    {
        try
        {
            _socket.Connect(to);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress or SocketError.IOPending)
        {
            Wait(SelectMode.SelectWrite);
            var error = (SocketError)(int)_socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }
        }
    }

    /// <summary>Reads available bytes, at least one; 0 at the end of the stream.</summary>
    public int Receive(Span<byte> buffer)
    {
        while (true)
        {
            var count = _socket.Receive(buffer, SocketFlags.None, out var error);
            switch (error)
            {
                case SocketError.Success:
                    return count;
                case SocketError.WouldBlock:
                    Wait(SelectMode.SelectRead);
                    break;
                default:
                    throw new SocketException((int)error);
            }
        }
    }

    /// <summary>Writes all of <paramref name="bytes"/>.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = _socket.Send(bytes, SocketFlags.None, out var error);
            switch (error)
            {
                case SocketError.Success:
                    bytes = bytes[count..];
                    break;
                case SocketError.WouldBlock:
                    Wait(SelectMode.SelectWrite);
                    break;
                default:
                    throw new SocketException((int)error);
            }
        }
    }

    private void Wait(SelectMode mode)
    {
        var left = _end - Environment.TickCount64;
        if (left <= 0 || !_socket.Poll(TimeSpan.FromMilliseconds(left), mode))
        {
            throw new TimeoutException("The peer took too long.");
        }
    }
}
