using System.Net;
using GatewayMesh.Configuration.Listeners;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>One accepted connection: a feature of the connection, so that each of its requests knows by which door it came.</summary>
internal sealed class Arrival(ListenerSpec listener, IPAddress peer)
{
    private int _requests;
    private long _idleSince;
    private volatile bool _awaitsProtocol;
    private volatile bool _isHttp2;

    /// <summary>The listener it came in by.</summary>
    public ListenerSpec Listener { get; } = listener;

    /// <summary>Who is on the other end.</summary>
    public IPAddress Peer { get; } = peer;

    /// <summary>What the hello of a guard's tunnel said; null on other connections.</summary>
    public Carried? Carried { get; set; }

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

    /// <summary>A request ended on it.</summary>
    public void RequestEnded(long now)
    {
        Volatile.Write(ref _idleSince, now);
        Interlocked.Decrement(ref _requests);
    }

    /// <summary>It has had no request since <paramref name="since"/> (a timestamp).</summary>
    public bool IsIdleSince(long since) => Volatile.Read(ref _requests) == 0 && Volatile.Read(ref _idleSince) <= since;

    /// <summary>It speaks HTTP/2 and has a request.</summary>
    public bool IsBusyHttp2 => IsHttp2 && Volatile.Read(ref _requests) > 0;

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
}
