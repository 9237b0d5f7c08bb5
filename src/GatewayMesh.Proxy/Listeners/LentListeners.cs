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
/// A changing set of listening sockets behind a single server address. One thread polls and accepts:
/// <code>
/// lent sockets ─poll─► accept4 (under the gate) ─► ConnectionContext + InboundConnection ─► channel ─► server
///        wake ────┘              └ the lease, the connection limit, and closing are checked here, so they apply at once
/// </code>
/// </summary>
internal sealed class LentListeners : IConnectionListenerFactory, IConnectionListenerFactorySelector, IDisposable
{
    /// <summary>
    /// Pause before the next accept on all listeners if that accept would fail immediately (no descriptors, or paused meanwhile): 50 ms.
    /// </summary>
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

        // Inline scheduling was measured and stays off: no gain at saturation, and more CPU at 500 requests per second.
        _factory = new SocketConnectionContextFactory(
            new SocketConnectionFactoryOptions(), logs.CreateLogger("GatewayMesh.Proxy.Listeners"));
    }

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

    /// <summary>Accepts connections from another socket.</summary>
    public void Open(ListenerSpec spec, ListeningSocket socket)
    {
        lock (_gate)
        {
            _listeners.Add(new LentListener(spec, socket));
        }

        _wake.Signal();
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

            listener.Closed = true;
            _listeners.Remove(listener);
            listener.Socket.Dispose();
        }

        _wake.Signal();
        return true;
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
        }

        _wake.Signal();
    }

    /// <summary>Records the end of a connection.</summary>
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

    /// <summary>Accepts waiting connections; false if the next accept would fail immediately.</summary>
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
            // The peer left before the connection was set up: no data is lost.
            handle.Dispose();
        }

        Ended();
    }
}
