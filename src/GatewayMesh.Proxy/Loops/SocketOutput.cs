using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Loops;

/// <summary>
/// Output of a <see cref="LoopSocket"/>: the pending write, and whether the kernel has room. The kernel reports room once, after a write
/// that it did not accept in full.
/// </summary>
/// <param name="fd">Descriptor of the socket, which owns it.</param>
internal sealed class SocketOutput(int fd) : SocketDirection("send")
{
    private int _fd = fd;
    private bool _hasRoom = true;
    private TwoParts _unsent;

    /// <summary>True if a write would not wait: there is room, or the connection is closed.</summary>
    public bool IsReady => _hasRoom || IsClosed;

    private bool IsClosed => _fd < 0;

    /// <summary>Sends all bytes, in one call if the kernel has room.</summary>
    /// <param name="parts">The bytes; unchanged until the operation completes.</param>
    /// <exception cref="LinuxException">The connection failed or was aborted.</exception>
    public ValueTask SendAsync(TwoParts parts)
    {
        var sent = SendNow(parts.First.Span, parts.Second.Span);
        if (sent == parts.Length)
        {
            return ValueTask.CompletedTask;
        }

        if (sent < 0 && sent != StreamSocket.WouldBlock)
        {
            return ValueTask.FromException(StreamSocket.Failure("send", sent));
        }

        var task = StartSend();
        parts.Skip(Math.Max(0, sent));
        _unsent = parts;
        return task;
    }

    /// <summary>Sends what the kernel accepts without waiting.</summary>
    /// <returns>Number of accepted bytes, or a negative error number.</returns>
    public int SendNow(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (IsClosed)
        {
            return StreamSocket.Aborted;
        }

        if (!_hasRoom)
        {
            return StreamSocket.WouldBlock;
        }

        // A short write means that the buffer is full; the kernel then reports room by an event.
        var sent = StreamSocket.Send(_fd, first, second);
        _hasRoom = sent != StreamSocket.WouldBlock && (sent < 0 || sent == first.Length + second.Length);
        return sent;
    }

    /// <summary>Waits until the kernel has room.</summary>
    /// <exception cref="LinuxException">The connection was aborted.</exception>
    public ValueTask WaitAsync() =>
        IsClosed ? ValueTask.FromException(StreamSocket.Failure("send", StreamSocket.Aborted))
            : _hasRoom ? ValueTask.CompletedTask : StartReadiness();

    /// <summary>Waits for the end of a connect, which the kernel reports as room.</summary>
    /// <exception cref="LinuxException">The connection was aborted.</exception>
    public ValueTask WaitConnectedAsync()
    {
        _hasRoom = false;
        return WaitAsync();
    }

    /// <summary>Handles the event of the kernel: there is room.</summary>
    public void OnRoom()
    {
        _hasRoom = true;
        if (IsPending)
        {
            Continue();
        }
    }

    /// <summary>Continues the pending operation; on a closed connection, it fails.</summary>
    public void Continue()
    {
        if (Wait != SocketWait.Transfer)
        {
            CompleteReadiness(IsClosed);
            return;
        }

        var sent = SendNow(_unsent.First.Span, _unsent.Second.Span);
        _unsent.Skip(Math.Max(0, sent));
        if (sent != StreamSocket.WouldBlock && (sent < 0 || _unsent.IsEmpty))
        {
            _unsent = default;
            CompleteTransfer(sent);
        }
    }

    /// <summary>Marks the connection as closed. <see cref="Continue"/> then fails the pending operation.</summary>
    public void Close() => (_fd, _hasRoom) = (-1, false);
}
