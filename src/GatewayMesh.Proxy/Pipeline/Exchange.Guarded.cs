namespace GatewayMesh.Proxy.Pipeline;

// What another thread may do with it: look at its caller's permission again, and end it.
internal sealed partial class Exchange
{
    /// <summary>From here on its caller's permission may be looked at again, until it ends. What permissions see of it stays as it is.</summary>
    public void EnterGuarded()
    {
        _guard.Enter();
        if (_listedAt != InboundConnection)
        {
            _listedAt = InboundConnection;
            InboundConnection.Guarded.Add(this);
        }
    }

    /// <summary>Holds it so that it can be looked at from another thread; false when it is not under way.</summary>
    public bool TryLookAt() => _guard.TryLook();

    /// <summary>Lets it go on.</summary>
    public void EndLook() => _guard.EndLook();

    /// <summary>Takes it out of its connection's list when it is not under way; it lists itself again when it is.</summary>
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

    /// <summary>Ends it where it stands: HTTP/1.1 cuts the connection, HTTP/2 resets the stream. While it is looked at.</summary>
    public void Revoke()
    {
        _isRevoked = true;
        Http.Abort();
    }
}
