using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Loops;

/// <summary>
/// Listening sockets that all loops of a group accept from. Other processes may accept from the same sockets.
/// <code>
/// connection ─► one waiting loop (EPOLLEXCLUSIVE) ─► at most 8 × { gate: paused? room? accept4 } ─► this loop, or the emptiest
/// </code>
/// Every accept holds the gate, and <see cref="Pause"/> and <see cref="Remove"/> take it: once they have returned, no further connection is
/// accepted. All methods may be called from any thread.
/// </summary>
internal sealed class LoopListeners
{
    /// <summary>Maximum number of accepts of a loop and a listener in one turn: 8, so that others have their share.</summary>
    public const int AcceptsInOneTurn = 8;

    /// <summary>Lead in sockets at which a loop hands a new connection to the emptiest loop: 4.</summary>
    public const int Lead = 4;

    /// <summary>Rest of a listener in a loop when an accept would fail at once, or the target has no room: 50 ms.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private const EpollEvents Wanted = EpollEvents.Input | EpollEvents.Exclusive;

    private readonly Lock _gate = new();
    private readonly List<LoopListener> _listeners = [];
    private readonly EventLoop[] _loops;
    private readonly IConnectionTarget _target;
    private readonly Action<Exception> _failed;
    private ulong _lastKey = SocketTable.FirstOtherKey;
    private bool _isClosed;

    /// <summary>Creates a set without listeners.</summary>
    /// <param name="loops">The loops; each belongs to a single set.</param>
    /// <param name="target">Receiver of connections.</param>
    /// <param name="failed">Receives exceptions of the target.</param>
    public LoopListeners(IReadOnlyList<EventLoop> loops, IConnectionTarget target, Action<Exception> failed)
    {
        _loops = [.. loops];
        (_target, _failed) = (target, failed);
        foreach (var loop in _loops)
        {
            loop.Listeners = this;
        }
    }

    /// <summary>Accepts connections from another socket.</summary>
    /// <param name="socket">Listening socket; disposed by the caller after <see cref="Remove"/>.</param>
    /// <param name="tag">Object of the caller. Default: null.</param>
    /// <param name="paused">True to begin paused. Default: false.</param>
    public LoopListener Add(ListeningSocket socket, object? tag = null, bool paused = false)
    {
        lock (_gate)
        {
            var listener = new LoopListener(socket, tag, ++_lastKey, _loops.Length) { IsPaused = paused };
            _listeners.Add(listener);
            AwaitEverywhere(listener);
            return listener;
        }
    }

    /// <summary>Stops accepting from a listener for good. Afterwards its socket may be disposed.</summary>
    /// <returns>False if the listener was not in the set.</returns>
    public bool Remove(LoopListener listener)
    {
        lock (_gate)
        {
            LeaveEverywhere(listener);
            return _listeners.Remove(listener);
        }
    }

    /// <summary>Stops accepting from a listener. Connections then wait in the kernel's queue for another acceptor.</summary>
    public void Pause(LoopListener listener)
    {
        lock (_gate)
        {
            listener.IsPaused = true;
            LeaveEverywhere(listener);
        }
    }

    /// <summary>Accepts again.</summary>
    public void Resume(LoopListener listener)
    {
        lock (_gate)
        {
            listener.IsPaused = false;
            AwaitEverywhere(listener);
        }
    }

    /// <summary>Ends the rest of all listeners: the target has room again.</summary>
    public void Retry()
    {
        lock (_gate)
        {
            _listeners.ForEach(AwaitEverywhere);
        }
    }

    /// <summary>Removes all listeners and accepts no more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _listeners.ForEach(LeaveEverywhere);
            _listeners.Clear();
        }
    }

    /// <summary>Accepts waiting connections after an event of the listener with this key. Called on a loop.</summary>
    internal void Accept(EventLoop loop, ulong key)
    {
        for (var i = 0; i < AcceptsInOneTurn; i++)
        {
            if (!TryAccept(loop, key, out var listener, out var connection))
            {
                return;
            }

            Hand(loop, listener!, connection);
        }
    }

    private bool TryAccept(EventLoop loop, ulong key, out LoopListener? listener, out AcceptedConnection connection)
    {
        connection = default;
        lock (_gate)
        {
            listener = Find(key);
            if (listener is null || listener.IsPaused)
            {
                return false;
            }

            if (!_target.TryReserve(listener))
            {
                LetRest(loop, listener);
                return false;
            }

            var fd = StreamSocket.Accept(listener.Socket.Number, out var peer);
            if (fd >= 0)
            {
                connection = new AcceptedConnection(fd, peer);
                return true;
            }

            _target.NotAccepted(listener);
            if (StreamSocket.IsOutOfDescriptors(fd) || StreamSocket.IsNotListening(fd))
            {
                LetRest(loop, listener);
            }

            return false;
        }
    }

    // Few connections that live long would else gather in the loop that happens to wake first.
    private void Hand(EventLoop loop, LoopListener listener, AcceptedConnection connection)
    {
        var emptiest = loop;
        foreach (var other in _loops)
        {
            emptiest = other.Load < emptiest.Load ? other : emptiest;
        }

        if (emptiest.Load + Lead > loop.Load)
        {
            Take(loop, listener, connection);
            return;
        }

        emptiest.CountArriving(1);
        emptiest.Post(() =>
        {
            emptiest.CountArriving(-1);
            Take(emptiest, listener, connection);
        });
    }

    private void Take(EventLoop loop, LoopListener listener, AcceptedConnection connection)
    {
        LoopSocket socket;
        try
        {
            socket = new LoopSocket(loop, connection.Descriptor, connection.Peer);
        }
        catch (Exception failure) when (failure is ObjectDisposedException or LinuxException)
        {
            _target.NotAccepted(listener);
            return;
        }

        try
        {
            _target.Accepted(listener, socket);
        }
        catch (Exception failure)
        {
            _failed(failure);
            socket.Abort();
        }
    }

    private LoopListener? Find(ulong key)
    {
        foreach (var listener in _listeners)
        {
            if (listener.Key == key)
            {
                return listener;
            }
        }

        return null;
    }

    private void LetRest(EventLoop loop, LoopListener listener)
    {
        var index = Array.IndexOf(_loops, loop);
        Leave(index, listener);
        loop.Timers.Set(new LoopTimer(_ => AwaitAgain(index, listener), null), Rest);
    }

    private void AwaitAgain(int index, LoopListener listener)
    {
        lock (_gate)
        {
            if (_listeners.Contains(listener))
            {
                Await(index, listener);
            }
        }
    }

    private void AwaitEverywhere(LoopListener listener)
    {
        for (var i = 0; i < _loops.Length; i++)
        {
            Await(i, listener);
        }
    }

    private void LeaveEverywhere(LoopListener listener)
    {
        for (var i = 0; i < _loops.Length; i++)
        {
            Leave(i, listener);
        }
    }

    private void Await(int index, LoopListener listener)
    {
        if (!_isClosed && !listener.IsPaused && !listener.IsAwaited[index])
        {
            listener.IsAwaited[index] = true;
            _loops[index].Descriptors.Add(listener.Socket.Number, Wanted, listener.Key);
        }
    }

    // Another process shares the socket: closing this descriptor would not end its events.
    private void Leave(int index, LoopListener listener)
    {
        if (listener.IsAwaited[index])
        {
            listener.IsAwaited[index] = false;
            _loops[index].Descriptors.Remove(listener.Socket.Number);
        }
    }
}
