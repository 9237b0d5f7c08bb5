using System.Net;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Edge;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>One accepted connection: a feature of the connection, so that each of its requests knows by which door it came.</summary>
internal sealed class InboundConnection(ListenerSpec listener, IPAddress peer)
{
    /// <summary>How long a connection of HTTP/2 that was told to end keeps its last stream open.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    private int _requests;
    private long _idleSince;
    private long _toldAt;
    private volatile bool _awaitsProtocol;
    private volatile bool _isHttp2;

    /// <summary>The listener it came in by.</summary>
    public ListenerSpec Listener { get; } = listener;

    /// <summary>Who is on the other end; behind a trusted proxy that says so, who is on the proxy's other end.</summary>
    public IPAddress Peer { get; set; } = peer;

    /// <summary>The public listener, on connections from outside the mesh; otherwise null.</summary>
    public EdgeListener? Edge { get; set; }

    /// <summary>What the peer says of its own callers is believed (<c>X-Forwarded-*</c>).</summary>
    public bool IsTrustedProxy { get; set; }

    /// <summary>What arrives on it. Default: what its listener is for; a tunnel may come on a listener for peers.</summary>
    public ListenerKind Kind { get; set; } = listener.Kind;

    /// <summary>Who the peer is by its certificate; null where none is asked for.</summary>
    public PeerIdentity? Identity { get; set; }

    /// <summary>Why the peer's certificate was refused; null when it was not.</summary>
    public PeerFault? Refusal { get; set; }

    /// <summary>What the hello of a guard's tunnel said; null on other connections.</summary>
    public Carried? Carried { get; set; }

    /// <summary>What the handshake agreed on; null where the connection does not speak TLS.</summary>
    public TlsSession? Tls { get; set; }

    /// <summary>What the server does not show of the head read last; null on HTTP/2.</summary>
    public HeadNotes? Head { get; set; }

    /// <summary>Its requests that an intention allowed.</summary>
    public GuardedExchanges Guarded { get; } = new();

    /// <summary>The connection, once it is served.</summary>
    public ConnectionContext? Connection { get; set; }

    /// <summary>It has not said yet which protocol it speaks, so that the server does not have it.</summary>
    public bool AwaitsProtocol
    {
        get => _awaitsProtocol;
        set => _awaitsProtocol = value;
    }

    /// <summary>It speaks HTTP/2.</summary>
    public bool IsHttp2
    {
        get => _isHttp2;
        set => _isHttp2 = value;
    }

    /// <summary>A request began on it.</summary>
    public void RequestBegan() => Interlocked.Increment(ref _requests);

    /// <summary>
    /// A request ends on it: completes when the server may know of it. That is at once, but for the last request of a connection of HTTP/2 that was
    /// told to end a moment ago. The server answers the telling with GOAWAY and the highest number while a stream is open, and with the number of the last
    /// one that it saw as soon as none is: then what the client has on the way is refused. So the last stream is kept open until the client
    /// has had time to read the first (RFC 9113 §6.8 asks for one round trip).
    /// </summary>
    public async ValueTask RequestEndsAsync(TimeProvider time)
    {
        IdleFrom(time.GetTimestamp());
        while (Interlocked.Decrement(ref _requests) == 0 && Settling(time) is { Ticks: > 0 } rest)
        {
            Interlocked.Increment(ref _requests);
            await Task.Delay(rest, time).ConfigureAwait(false);
        }
    }

    /// <summary>It has had no request since <paramref name="since"/> (a timestamp).</summary>
    public bool IsIdleSince(long since) => Volatile.Read(ref _requests) == 0 && Volatile.Read(ref _idleSince) <= since;

    /// <summary>From now on the connection counts as idle.</summary>
    public void IdleFrom(long now) => Volatile.Write(ref _idleSince, now);

    /// <summary>
    /// Asks the server to end the connection at the next request boundary: at once when it is idle. HTTP/2: GOAWAY; what is begun is finished, and
    /// while anything is, what the client began before it read that is served too.
    /// </summary>
    public void EndWhenIdle()
    {
        if (AwaitsProtocol)
        {
            Connection?.Transport.Input.CancelPendingRead();
        }

        Connection?.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }

    /// <summary>The same for a connection of HTTP/2 that has a request; nothing for others, and nothing more when it was told before.</summary>
    public void EndBusyHttp2(TimeProvider time)
    {
        // The telling stands before the requests are looked at, and a request that ends looks the other way round: one of the two sees the other.
        if (IsHttp2 && Volatile.Read(ref _requests) > 0 && Interlocked.CompareExchange(ref _toldAt, Math.Max(1, time.GetTimestamp()), 0) == 0)
        {
            if (Volatile.Read(ref _requests) > 0)
            {
                EndWhenIdle();
            }
            else
            {
                Interlocked.Exchange(ref _toldAt, 0);
            }
        }
    }

    private TimeSpan Settling(TimeProvider time) => Interlocked.Read(ref _toldAt) is var told && told == 0 ? TimeSpan.Zero : Settle - time.GetElapsedTime(told);
}
