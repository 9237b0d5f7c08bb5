using System.Net;
using System.Net.Sockets;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Loops;

/// <summary>
/// A TCP connection on an <see cref="EventLoop"/>, edge-triggered: the kernel reports each change once, and this class remembers what it
/// reported. Reading and writing start with a call; only one that would block waits.
/// <code>
/// event ─► readable ─► pending read, else watcher
///          room     ─► pending write (SocketOutput)
/// read  ─► recv ─► a short read means drained, unless the peer has ended: then reading continues to the end
///            └ 16 reads or 256 KiB in a turn ─► back of the loop's queue
/// </code>
/// Used on the loop's thread only, except for <see cref="Abort"/> and <see cref="Close"/>, which are posted. One read and one write may be
/// pending. No operation allocates.
/// </summary>
internal sealed class LoopSocket : ILoopWork
{
    private static readonly Action<object?> PostedAbort = static socket => ((LoopSocket)socket!).Abort();
    private static readonly Action<object?> PostedClose = static socket => ((LoopSocket)socket!).Close();

    private readonly SocketDirection _input = new("recv");
    private readonly SocketOutput _output;
    private readonly EventLoop _loop;
    private ulong _key;
    private bool _isAdded;
    private bool _readable;
    private bool _peerEnded;
    private bool _isQueued;
    private ReadTurn _share;
    private Memory<byte> _into;
    private IInputWatcher? _watcher;
    private int _fd;

    /// <summary>Takes ownership of a connected, non-blocking descriptor. Called on the loop's thread.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="fd">The descriptor; closed if the loop refuses it.</param>
    /// <param name="peer">Address of the peer.</param>
    /// <exception cref="ObjectDisposedException">The loop has ended.</exception>
    public LoopSocket(EventLoop loop, int fd, IPEndPoint? peer)
        : this(loop, fd)
    {
        Peer = peer;
        StreamSocket.SendAtOnce(fd);
        AddToLoop();
    }

    private LoopSocket(EventLoop loop, int fd) => (_loop, _fd, _output) = (loop, fd, new SocketOutput(fd));

    /// <summary>Loop of the connection.</summary>
    public EventLoop Loop => _loop;

    /// <summary>Address of the peer; null before <see cref="ConnectAsync"/>.</summary>
    public IPEndPoint? Peer { get; private set; }

    /// <summary>True after <see cref="Abort"/> or <see cref="Close"/>.</summary>
    public bool IsClosed => _fd < 0;

    /// <summary>True once the kernel has reported an error, or the end of both directions.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>True if data, an end, or an error may be pending: a read would not wait for an event.</summary>
    public bool HasInput => _readable;

    /// <summary>Creates a socket that is not connected. Called on the loop's thread.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="family">Family of the target's address.</param>
    /// <param name="mayStand">True if the connection may stall legitimately; see <see cref="LostPeer.Notice"/>.</param>
    public static LoopSocket Open(EventLoop loop, AddressFamily family, bool mayStand)
    {
        var fd = StreamSocket.Open(family);
        StreamSocket.NoticeLostPeer(fd, mayStand);
        return new LoopSocket(loop, fd);
    }

    /// <summary>Connects. <see cref="Abort"/> ends the wait.</summary>
    /// <param name="target">Address and port.</param>
    /// <exception cref="LinuxException">The connect failed; the socket is closed.</exception>
    public async ValueTask ConnectAsync(IPEndPoint target)
    {
        Peer = target;
        var result = IsClosed ? StreamSocket.Aborted : StreamSocket.Connect(_fd, target);
        if (result is 0 or StreamSocket.InProgress)
        {
            AddToLoop();
        }

        if (result == StreamSocket.InProgress)
        {
            await _output.WaitConnectedAsync().ConfigureAwait(false);
            result = StreamSocket.TakeError(_fd);
        }

        if (result < 0)
        {
            Close();
            throw StreamSocket.Failure("connect", result);
        }
    }

    /// <summary>Receives at least one byte.</summary>
    /// <param name="into">Memory for the bytes; not empty, and not used otherwise until the operation completes.</param>
    /// <returns>Number of bytes; 0 at the end of the peer's stream.</returns>
    /// <exception cref="LinuxException">The connection failed or was aborted.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> into)
    {
        ArgumentOutOfRangeException.ThrowIfZero(into.Length);
        var received = ReceiveNow(into.Span);
        if (received >= 0)
        {
            return new(received);
        }

        if (received != StreamSocket.WouldBlock)
        {
            return ValueTask.FromException<int>(StreamSocket.Failure("recv", received));
        }

        var task = _input.StartReceive();
        _into = into;
        return task;
    }

    /// <summary>Waits until a read would not wait: for data, an end, or an error. Needs no buffer.</summary>
    /// <exception cref="LinuxException">The connection was aborted.</exception>
    public ValueTask WaitInputAsync() =>
        IsClosed ? ValueTask.FromException(StreamSocket.Failure("recv", StreamSocket.Aborted))
            : _readable && !_isQueued ? ValueTask.CompletedTask : _input.StartReadiness();

    /// <summary>
    /// Receives without waiting. <see cref="StreamSocket.WouldBlock"/> also means that this turn's share is used up: the wait that the
    /// caller then begins ends in the next turn.
    /// </summary>
    /// <returns>Number of bytes, 0 at the end of the peer's stream, or a negative error number.</returns>
    public int ReceiveNow(Span<byte> into)
    {
        if (IsClosed)
        {
            return StreamSocket.Aborted;
        }

        if (!_readable)
        {
            return StreamSocket.WouldBlock;
        }

        if (!_share.TryTake(_loop.Turns))
        {
            Queue();
            return StreamSocket.WouldBlock;
        }

        var received = StreamSocket.Receive(_fd, into);
        if (received > 0)
        {
            _share.Count(received);
            _readable = _peerEnded || received == into.Length;
        }
        else if (received == StreamSocket.WouldBlock)
        {
            _readable = false;
        }

        return received;
    }

    /// <summary>Receives without consuming and without waiting.</summary>
    /// <returns>Number of bytes, 0 at the end of the peer's stream, or a negative error number.</returns>
    public int PeekNow(Span<byte> into)
    {
        var peeked = IsClosed ? StreamSocket.Aborted : StreamSocket.Peek(_fd, into);
        _readable = peeked != StreamSocket.WouldBlock;
        return peeked;
    }

    /// <summary>Lets the next wait for input end only when more arrives than was peeked at; false if the peer has ended.</summary>
    public bool ExpectMore() => !IsClosed && !_peerEnded && !(_readable = false);

    /// <summary>
    /// Asks the kernel whether the connection is silent and open, for a request that must not be lost: an end that arrived in this turn of
    /// the loop is seen as well.
    /// </summary>
    public bool IsSilent() => !IsClosed && !_readable && StreamSocket.Peek(_fd) == StreamSocket.WouldBlock;

    /// <summary>Sends all bytes of both parts, in one call if the kernel has room.</summary>
    /// <param name="first">First part; unchanged until the operation completes.</param>
    /// <param name="second">Second part; unchanged until the operation completes. Default: empty.</param>
    /// <exception cref="LinuxException">The connection failed or was aborted.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default) =>
        _output.SendAsync(new TwoParts(first, second));

    /// <summary>Sends what the kernel accepts without waiting.</summary>
    /// <returns>Number of accepted bytes, or a negative error number.</returns>
    public int SendNow(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => _output.SendNow(first, second);

    /// <summary>Waits until the socket is connected or has room.</summary>
    /// <exception cref="LinuxException">The connection was aborted.</exception>
    public ValueTask WaitOutputAsync() => _output.WaitAsync();

    /// <summary>Runs <paramref name="callback"/> once when a read would not wait, also after an abort. No read may be pending.</summary>
    public void OnInput(Action<object?> callback, object? state)
    {
        _input.StartCallback(callback, state);
        if (_readable || IsClosed)
        {
            Queue();
        }
    }

    /// <summary>Runs <paramref name="callback"/> once when the socket has room, also after an abort. No write may be pending.</summary>
    public void OnOutput(Action<object?> callback, object? state)
    {
        _output.StartCallback(callback, state);
        if (_output.IsReady)
        {
            Queue();
        }
    }

    /// <summary>
    /// Sets the watcher, which is told of input while no read is pending; null: none. What is already pending is seen in
    /// <see cref="HasInput"/>.
    /// </summary>
    public void Watch(IInputWatcher? watcher) => _watcher = watcher;

    /// <summary>Ends this side's stream after the data sent. Reading continues. No write may be pending.</summary>
    public void EndSending()
    {
        if (!IsClosed)
        {
            StreamSocket.EndSending(_fd);
        }
    }

    /// <summary>Resets the connection; pending operations fail. Any thread may call: from another one, the abort is posted.</summary>
    public void Abort() => Leave(PostedAbort, StreamSocket.Reset);

    /// <summary>
    /// Closes the connection; data that was sent is still delivered, and pending operations fail. Any thread may call: from another one,
    /// the close is posted.
    /// </summary>
    public void Close() => Leave(PostedClose, StreamSocket.Close);

    /// <summary>Cancels the pending wait for input, which fails as canceled; a callback does not run.</summary>
    public void CancelInput() => _input.Cancel();

    /// <summary>Continues after the share of a turn was used up.</summary>
    public void Resume()
    {
        _isQueued = false;
        if (_output is { IsPending: true, IsReady: true })
        {
            _output.Continue();
        }

        if (_input.IsPending && (_readable || IsClosed))
        {
            ContinueInput();
        }
    }

    /// <summary>Handles events of the kernel.</summary>
    internal void OnEvents(EpollEvents events)
    {
        const EpollEvents Over = EpollEvents.Error | EpollEvents.HungUp;
        if ((events & (Over | EpollEvents.PeerEnded)) != 0)
        {
            _peerEnded = true;
        }

        HasFailed |= (events & Over) != 0;
        var hasInput = (events & (Over | EpollEvents.PeerEnded | EpollEvents.Input)) != 0;
        _readable |= hasInput;

        if ((events & (Over | EpollEvents.Output)) != 0)
        {
            _output.OnRoom();
        }

        if (hasInput && !IsClosed)
        {
            if (_input.IsPending)
            {
                ContinueInput();
            }
            else
            {
                _watcher?.OnInput();
            }
        }
    }

    private void AddToLoop()
    {
        try
        {
            _key = _loop.Add(this, _fd);
            _isAdded = true;
        }
        catch
        {
            StreamSocket.Close(_fd);
            _fd = -1;
            _output.Close();
            throw;
        }
    }

    private void Queue()
    {
        if (!_isQueued)
        {
            _isQueued = true;
            _loop.Enqueue(this);
        }
    }

    private void ContinueInput()
    {
        if (_input.Wait != SocketWait.Transfer)
        {
            _input.CompleteReadiness(IsClosed);
            return;
        }

        var received = ReceiveNow(_into.Span);
        if (received != StreamSocket.WouldBlock)
        {
            _into = default;
            _input.CompleteTransfer(received);
        }
    }

    private void Leave(Action<object?> posted, Action<int> leave)
    {
        if (IsClosed)
        {
            return;
        }

        if (!_loop.IsCurrent && !_loop.HasEnded)
        {
            _loop.Post(posted, this);
            return;
        }

        if (_isAdded)
        {
            _loop.Remove(_key);
        }

        var fd = _fd;
        (_fd, _isAdded, _readable, _watcher) = (-1, false, false, null);
        _output.Close();
        leave(fd);

        // Not inline: what the caller is about to do comes first.
        if (_output.IsPending || _input.IsPending)
        {
            Queue();
        }
    }
}
