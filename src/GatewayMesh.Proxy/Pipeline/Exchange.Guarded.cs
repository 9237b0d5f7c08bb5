using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Listeners;

namespace GatewayMesh.Proxy.Pipeline;

// Access by another thread: check the caller's permission again, and end the exchange.
internal sealed partial class Exchange
{
    private ExchangeGuard _guard;
    private InboundConnection? _listedAt;
    private volatile bool _isRevoked;

    /// <summary>True if the request was ended because intentions no longer allow it.</summary>
    public bool IsRevoked => _isRevoked;

    /// <summary>
    /// Permits checks of the caller's permission from another thread until the exchange ends. The data that permissions use does not change
    /// from here on.
    /// </summary>
    public void EnterGuarded()
    {
        _guard.Enter();
        if (_listedAt != InboundConnection)
        {
            _listedAt = InboundConnection;
            InboundConnection.Guarded.Add(this);
        }
    }

    /// <summary>
    /// Moves to a failover target of the route, between two attempts. An inspection in progress ends first; the caller registers the
    /// exchange again.
    /// </summary>
    /// <param name="rank">Index among the targets of the route's leaf.</param>
    /// <param name="allowedBy">Intentions that allow the call of the target; null if none were evaluated.</param>
    public void MoveTo(int rank, IntentionTable? allowedBy)
    {
        if (AllowedBy is not null)
        {
            _guard.Leave();
        }

        var instances = Route.Leaf!.Targets[rank].Instances;
        if (!instances.Service.Equals(Destination, StringComparison.OrdinalIgnoreCase))
        {
            Flag = null; // of the policy of the first service; the other one's sidecar decides about its own
        }

        Route = Route with { Instances = instances, Rank = rank };
        MayMove = Route.HasFurtherTarget;
        Route.MarkUsed();
        Destination = instances.Service;
        AllowedBy = allowedBy;
        Move = default;
        Tried.MoveTo(instances);
    }

    /// <summary>Holds the exchange for inspection by another thread; false if no request is running.</summary>
    public bool TryLookAt() => _guard.TryLook();

    /// <summary>Releases the exchange after an inspection.</summary>
    public void EndLook() => _guard.EndLook();

    /// <summary>
    /// Removes an idle exchange from its connection's list; false if a request is running. The next guarded request adds the exchange
    /// again.
    /// </summary>
    public bool TryUnlist()
    {
        if (!_guard.TryHoldIdle())
        {
            return false;
        }

        _listedAt = null;
        _guard.EndHold();
        return true;
    }

    /// <summary>Ends the exchange at once: HTTP/1.1 aborts the connection, HTTP/2 resets the stream. Call during an inspection.</summary>
    public void Revoke()
    {
        _isRevoked = true;
        Response.Abort();
    }
}
