namespace GatewayMesh.Proxy.Connections;

/// <summary>An attempt to connect to an instance, and the request that depends on it.</summary>
internal sealed class ConnectAttempt
{
    /// <summary>Creates an attempt for a request.</summary>
    public ConnectAttempt(ConnectionWaiter waiter)
    {
        (For, Timeout) = (waiter, waiter.Timeout);
        waiter.Attempt = this;
    }

    /// <summary>Connect timeout.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>
    /// Request that depends on the attempt: the one it was made for, or one whose own attempt's connection went to that one. Null if none
    /// does.
    /// </summary>
    public ConnectionWaiter? For { get; private set; }

    /// <summary>True if the attempt was made for another request than <see cref="For"/>.</summary>
    public bool IsTakenOver { get; private set; }

    /// <summary>
    /// Records that the connection of this attempt went to <paramref name="taker"/>: a request that was waiting for it depends on the
    /// taker's attempt from now on.
    /// </summary>
    /// <returns>The request that no attempt is made for now; null if there is none.</returns>
    public ConnectionWaiter? GoTo(ConnectionWaiter taker)
    {
        var (left, other) = (For, taker.Attempt);
        End();
        if (left is null || ReferenceEquals(left, taker))
        {
            return null;
        }

        if (other is null)
        {
            return left;
        }

        (taker.Attempt, left.Attempt) = (null, other);
        (other.For, other.IsTakenOver) = (left, true);
        return null;
    }

    /// <summary>Ends the attempt.</summary>
    public void End()
    {
        if (For is { } waiter)
        {
            waiter.Attempt = null;
            For = null;
        }
    }
}
