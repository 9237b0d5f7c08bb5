using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Linux;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// A changing set of listening sockets behind one address of the server. One thread polls them and accepts:
/// <code>
/// lent sockets ─poll─► accept4 (under the gate) ─► ConnectionContext + InboundConnection ─► channel ─► server
///        wake ────┘              └ the lease, the limit of connections and closing are looked at here, so they hold at once
/// </code>
/// </summary>
internal sealed class LentListeners : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    /// <summary>How long the thread leaves all listeners alone when the next accept would fail at once again (no descriptors, or paused under it).</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private const int TakenInOneTurn = 64;

    private readonly Lock _gate = new();
    private readonly List<LentListener> _listeners = [];
    private readonly Wake _wake = new();
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>(new() { SingleReader = true });
    private readonly SocketConnectionContextFactory _factory;
    private readonly int _maxConnections;
    private readonly ProgressPage? _progress;
    private Thread? _thread;
    private int _connections;
    private bool _accepting;
    private bool _stopped;

    public LentListeners(int maxConnections, ProgressPage? progress, ILoggerFactory logs)
    {
        _maxConnections = maxConnections;
        _progress = progress;

        // Inline scheduling was measured and left off: it gained nothing when saturated and cost more CPU at 500 requests a second.
        _factory = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions(), logs.CreateLogger("GatewayMesh.Proxy.Listeners"));
    }

    /// <summary>Connections that are open, those of the probe included.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Whether connections are taken from listeners other than the probe's.</summary>
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

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is LentEndPoint or SilentEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is SilentEndPoint)
        {
            return new(new SilentListener(endpoint));
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "accept" };
        _thread.Start();
        return new(new LentConnectionListener(endpoint, _accepted.Reader, Stop));
    }

    /// <summary>Takes connections from one more socket.</summary>
    public void Open(ListenerSpec spec, ListeningSocket socket)
    {
        lock (_gate)
        {
            _listeners.Add(new LentListener(spec, socket));
        }

        _wake.Signal();
    }

    /// <summary>Takes nothing more from a listener and closes this process's descriptor of it. Unknown names are ignored.</summary>
    public bool Close(string name)
    {
        lock (_gate)
        {
            var listener = _listeners.Find(each => each.Spec.Name == name);
            if (listener is null)
            {
                return false;
            }

            listener.Closed = true;
            _listeners.Remove(listener);
            listener.Socket.Dispose();
        }

        _wake.Signal();
        return true;
    }

    /// <summary>
    /// The lease. When this returns after <see langword="false"/>, no further connection is taken from any socket but the probe's:
    /// those that arrive wait in the kernel's queue for whoever accepts next.
    /// </summary>
    public void Accept(bool accept)
    {
        lock (_gate)
        {
            _accepting = accept;
        }

        _wake.Signal();
    }

    /// <summary>A connection is gone.</summary>
    public void Ended()
    {
        _progress?.Count(Progress.Closed);
        if (Interlocked.Decrement(ref _connections) == _maxConnections - 1)
        {
            _wake.Signal();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        _thread?.Join();
        lock (_gate)
        {
            _listeners.ForEach(listener => listener.Socket.Dispose());
            _listeners.Clear();
        }

        while (_accepted.Reader.TryRead(out var connection))
        {
            connection.Abort();
        }

        _factory.Dispose();
        _wake.Dispose();
    }

    private void Stop()
    {
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            _stopped = true;
            _accepted.Writer.TryComplete();
            _wake.Signal();
        }
    }

    private void Run()
    {
        var poll = new PollSet();
        var polled = new List<LentListener>();
        var rest = false;
        while (true)
        {
            _progress?.Count(Progress.AcceptTurns);
            poll.Clear();
            polled.Clear();
            poll.Add(_wake.Number);
            lock (_gate)
            {
                if (_stopped)
                {
                    return;
                }

                foreach (var listener in _listeners)
                {
                    if (!rest && MayTake(listener))
                    {
                        poll.Add(listener.Socket.Number);
                        polled.Add(listener);
                    }
                }
            }

            poll.Wait(rest ? Rest : Timeout.InfiniteTimeSpan);
            rest = false;
            if (poll.IsReady(0))
            {
                _wake.Reset();
            }

            for (var i = 0; i < polled.Count; i++)
            {
                rest |= poll.IsReady(i + 1) && !Take(polled[i]);
            }
        }
    }

    private bool MayTake(LentListener listener) =>
        !listener.Closed && !_stopped && (listener.IsProbe || (_accepting && Connections < _maxConnections));

    /// <summary>Takes what waits; false when the next try would fail at once.</summary>
    private bool Take(LentListener listener)
    {
        for (var i = 0; i < TakenInOneTurn; i++)
        {
            Descriptor? descriptor;
            lock (_gate)
            {
                if (!MayTake(listener))
                {
                    return true;
                }

                var result = listener.Socket.Accept(out descriptor);
                if (result != AcceptResult.Accepted)
                {
                    return result == AcceptResult.Empty;
                }

                Interlocked.Increment(ref _connections);
            }

            _progress?.Count(Progress.Accepted);
            Hand(listener, descriptor!);
        }

        return true;
    }

    private void Hand(LentListener listener, Descriptor descriptor)
    {
        var handle = new SafeSocketHandle(descriptor.Release(), ownsHandle: true);
        try
        {
            var socket = new Socket(handle) { NoDelay = true };
            var connection = _factory.Create(socket);
            var peer = (socket.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
            connection.Features.Set(new InboundConnection(listener.Spec, peer) { Connection = connection });
            if (_accepted.Writer.TryWrite(connection))
            {
                return;
            }

            connection.Abort();
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The peer was gone before we looked: nothing is lost.
            handle.Dispose();
        }

        Ended();
    }
}
