using System.Net;
using System.Runtime.CompilerServices;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.Loops;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>One accepted connection. A feature of the connection, so that each request knows its listener.</summary>
internal sealed class InboundConnection(ListenerSpec listener, IPAddress peer)
{
    /// <summary>Time that an ending HTTP/2 connection keeps its last stream open: 100 ms.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private int _requests;
    private long _idleSince;
    private long _endingSince;
    private volatile bool _awaitsProtocol;
    private volatile bool _isHttp2;

    /// <summary>Listener that accepted the connection.</summary>
    public ListenerSpec Listener { get; } = listener;

    /// <summary>Address of the peer; behind a trusted proxy that names its client, the address of that client.</summary>
    public IPAddress Peer { get; set; } = peer;

    /// <summary>Public listener of a connection from outside the mesh; otherwise null.</summary>
    public EdgeListener? Edge { get; set; }

    /// <summary>Address under which the connection counts for <c>limits.maxConnectionsPerAddress</c>; null if it does not count.</summary>
    public IPAddress? CountedAddress { get; set; }

    /// <summary>True if the peer is trusted to name its own callers (<c>X-Forwarded-*</c>).</summary>
    public bool IsTrustedProxy { get; set; }

    /// <summary>Kind of the traffic. Default: the kind of the listener. A tunnel may also arrive on a listener for peers.</summary>
    public ListenerKind Kind { get; set; } = listener.Kind;

    /// <summary>Identity from the peer's certificate; null if no certificate is requested.</summary>
    public PeerIdentity? Identity { get; set; }

    /// <summary>Fault of the peer's certificate; null if the certificate was accepted.</summary>
    public PeerFault? Refusal { get; set; }

    /// <summary>Content of a guard's tunnel hello; null on other connections.</summary>
    public Carried? Carried { get; set; }

    /// <summary>Result of the TLS handshake; null without TLS.</summary>
    public TlsSession? Tls { get; set; }

    /// <summary>Requests of this connection that an intention allowed.</summary>
    public GuardedExchanges Guarded { get; } = new();

    /// <summary>The HTTP/1.1 connection, once it is served; null for HTTP/2.</summary>
    public ClientConnection? Client { get; set; }

    /// <summary>The connection for the server of HTTP/2, once it is served; null for HTTP/1.1.</summary>
    public Http2Connection? Http2 { get; set; }

    /// <summary>The socket; null in tests without one.</summary>
    public LoopSocket? Socket { get; init; }

    /// <summary>The bytes, decrypted; null before a handshake.</summary>
    public ByteChannel? Channel { get; set; }

    /// <summary>All loops of the data plane. Default: none.</summary>
    public IReadOnlyList<EventLoop> Loops { get; init; } = [];

    /// <summary>True while the protocol is undecided, so that the server does not have the connection yet.</summary>
    public bool AwaitsProtocol
    {
        get => _awaitsProtocol;
        set => _awaitsProtocol = value;
    }

    /// <summary>True if the connection speaks HTTP/2.</summary>
    public bool IsHttp2
    {
        get => _isHttp2;
        set => _isHttp2 = value;
    }

    /// <summary>Records the start of a request.</summary>
    public void RequestBegan() => Interlocked.Increment(ref _requests);

    /// <summary>
    /// Records the end of a request. Completes when the server may learn of the end: at once, except for the last request of an HTTP/2
    /// connection that was recently asked to end. While a stream is open, the server sends GOAWAY with the highest stream ID; as soon as
    /// none is open, GOAWAY has the last stream ID seen, and requests in transit from the client are refused. So the last stream stays open
    /// until the client has had time to read the first GOAWAY (RFC 9113 §6.8 asks for one round trip).
    /// </summary>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    public async ValueTask RequestEndsAsync(TimeProvider time)
    {
        IdleFrom(time.GetTimestamp());
        while (Interlocked.Decrement(ref _requests) == 0 && Settling(time) is { Ticks: > 0 } rest)
        {
            Interlocked.Increment(ref _requests);
            await Task.Delay(rest, time).ConfigureAwait(false);
        }
    }

    /// <summary>True if the connection has had no request since <paramref name="since"/> (a timestamp).</summary>
    public bool IsIdleSince(long since) => Volatile.Read(ref _requests) == 0 && Volatile.Read(ref _idleSince) <= since;

    /// <summary>Counts the connection as idle from now on.</summary>
    public void IdleFrom(long now) => Volatile.Write(ref _idleSince, now);

    /// <summary>
    /// Asks the server to end the connection at the next request boundary, or at once if idle. On HTTP/2 the server sends GOAWAY and
    /// finishes running requests; while any is running, the server also serves requests that the client started before reading the GOAWAY.
    /// </summary>
    public void EndWhenIdle()
    {
        if (Client is { } client)
        {
            client.EndWhenIdle();
        }
        else if (Http2 is { } http2)
        {
            http2.RequestClose();
        }
        else
        {
            Socket?.Loop.Post(static inbound => ((InboundConnection)inbound!).EndIfUndecided(), this);
        }
    }

    /// <summary>Resets the connection. From any thread.</summary>
    public void Abort()
    {
        if (Channel is { } channel)
        {
            channel.Abort();
        }
        else
        {
            Socket?.Abort();
        }
    }

    /// <summary>Closes the connection after what was sent.</summary>
    public async ValueTask CloseAsync()
    {
        if (Socket is not { } socket)
        {
            return;
        }

        await socket.Loop.SwitchTo();
        if (Channel is { } channel)
        {
            channel.Close();
        }
        else
        {
            socket.Close();
        }

        Tls?.Peer?.Dispose();
    }

    /// <summary>
    /// Completes on the connection's loop after each loop has made a turn, so that a stalled loop leaves a probe unanswered.
    /// </summary>
    public async ValueTask VisitLoopsAsync()
    {
        foreach (var loop in Loops)
        {
            await loop.NextTurn();
        }

        if (Socket is { } socket)
        {
            await socket.Loop.SwitchTo();
        }
    }

    /// <summary>
    /// Asks the server to end an HTTP/2 connection with a running request. Does nothing for other connections or if already asked.
    /// </summary>
    public void EndBusyHttp2(TimeProvider time)
    {
        // This side sets the mark before reading the request count; the end of a request does the reverse. One of the two always sees the
        // other.
        if (IsHttp2
            && Volatile.Read(ref _requests) > 0
            && Interlocked.CompareExchange(ref _endingSince, Math.Max(1, time.GetTimestamp()), 0) == 0)
        {
            if (Volatile.Read(ref _requests) > 0)
            {
                EndWhenIdle();
            }
            else
            {
                Interlocked.Exchange(ref _endingSince, 0);
            }
        }
    }

    private void EndIfUndecided()
    {
        if (!AwaitsProtocol)
        {
            return;
        }

        if (Channel is { } channel)
        {
            channel.CancelRead();
        }
        else
        {
            Socket?.CancelInput();
        }
    }

    private TimeSpan Settling(TimeProvider time) =>
        Interlocked.Read(ref _endingSince) is var since && since == 0 ? TimeSpan.Zero : Settle - time.GetElapsedTime(since);
}
