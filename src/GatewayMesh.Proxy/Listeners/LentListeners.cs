using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// A changing set of listening sockets from which the loops accept, as long as they are lent:
/// <code>
/// lent sockets ─► a loop: accept4 under the listeners' gate ─► InboundConnection ─► ConnectionEntry, on the loop
///                   └ the lease, the connection limit, and closing are checked here, so they apply at once
/// </code>
/// </summary>
internal sealed class LentListeners : IConnectionTarget, IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<LentListener> _listeners = [];
    private readonly LoopListeners _loops;
    private readonly IReadOnlyList<EventLoop> _all;
    private readonly int _maxConnections;
    private readonly ProgressPage? _progress;
    private int _connections;
    private bool _accepting;

    /// <summary>Creates a set without listeners.</summary>
    /// <param name="maxConnections">Maximum number of connections; further ones wait in the kernel's queue.</param>
    /// <param name="progress">Progress counters; null for none.</param>
    /// <param name="loops">The loops.</param>
    public LentListeners(int maxConnections, ProgressPage? progress, LoopGroup loops)
    {
        _maxConnections = maxConnections;
        _progress = progress;
        _loops = loops.Accept(this);
        _all = loops.Loops;
    }

    /// <summary>Serves an accepted connection, on its loop. Set once, before the first listener.</summary>
    public Func<InboundConnection, Task>? Serve { get; set; }

    /// <summary>Number of open connections, including the probe's.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>True while connections are accepted from listeners other than the probe's.</summary>
    public bool Accepting
    {
        get
        {
            lock (_gate)
            {
                return _accepting;
            }
        }
    }

    /// <summary>Accepts connections from another socket.</summary>
    public void Open(ListenerSpec spec, ListeningSocket socket)
    {
        lock (_gate)
        {
            var isProbe = spec.Kind == ListenerKind.Probe;
            _listeners.Add(new LentListener(spec, socket, _loops.Add(socket, spec, paused: !isProbe && !_accepting)));
        }
    }

    /// <summary>Stops accepting from a listener and closes this process's descriptor. Unknown names are ignored.</summary>
    public bool Close(string name)
    {
        lock (_gate)
        {
            var listener = _listeners.Find(each => each.Spec.Name == name);
            if (listener is null)
            {
                return false;
            }

            _listeners.Remove(listener);
            _loops.Remove(listener.Accepting);
            listener.Socket.Dispose();
            return true;
        }
    }

    /// <summary>
    /// Sets the lease. After a call with <see langword="false"/> returns, no further connection is accepted from any socket except the
    /// probe's: new connections wait in the kernel's queue for the next acceptor.
    /// </summary>
    public void Accept(bool accept)
    {
        lock (_gate)
        {
            _accepting = accept;
            foreach (var listener in _listeners.Where(static each => !each.IsProbe))
            {
                if (accept)
                {
                    _loops.Resume(listener.Accepting);
                }
                else
                {
                    _loops.Pause(listener.Accepting);
                }
            }
        }
    }

    /// <summary>Records the end of a connection.</summary>
    public void Ended()
    {
        _progress?.Count(Progress.Closed);
        if (Interlocked.Decrement(ref _connections) == _maxConnections - 1)
        {
            _loops.Retry();
        }
    }

    /// <inheritdoc/>
    bool IConnectionTarget.TryReserve(LoopListener listener)
    {
        _progress?.Count(Progress.AcceptTurns);
        if (((ListenerSpec)listener.Tag!).Kind != ListenerKind.Probe && Connections >= _maxConnections)
        {
            return false;
        }

        Interlocked.Increment(ref _connections);
        return true;
    }

    /// <inheritdoc/>
    void IConnectionTarget.NotAccepted(LoopListener listener)
    {
        if (Interlocked.Decrement(ref _connections) == _maxConnections - 1)
        {
            _loops.Retry();
        }
    }

    /// <inheritdoc/>
    void IConnectionTarget.Accepted(LoopListener listener, LoopSocket connection)
    {
        _progress?.Count(Progress.Accepted);
        var inbound = new InboundConnection((ListenerSpec)listener.Tag!, connection.Peer?.Address ?? IPAddress.None)
        {
            Socket = connection,
            Loops = _all,
        };
        _ = Serve!(inbound);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _loops.Close();
        lock (_gate)
        {
            _listeners.ForEach(listener => listener.Socket.Dispose());
            _listeners.Clear();
        }
    }
}
