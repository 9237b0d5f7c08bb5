namespace GatewayMesh.Guard.Leases;

/// <summary>Who accepts connections on the sidecar's listeners.</summary>
internal enum Acceptor
{
    /// <summary>Nobody yet: connections wait in the kernel's queue for the first worker, for a moment at most.</summary>
    Holding,

    /// <summary>The worker that holds the lease.</summary>
    Worker,

    /// <summary>The guard: outbound is carried to a gateway, inbound is refused.</summary>
    Guard,

    /// <summary>Nobody, and the listeners say so: connections are refused at once, which is safe to replay.</summary>
    Paused,

    /// <summary>Nobody, for good.</summary>
    Closed,
}
