namespace GatewayMesh.Guard.Leases;

/// <summary>The process that accepts connections on the sidecar's listeners.</summary>
internal enum Acceptor
{
    /// <summary>None yet: connections wait briefly in the kernel's queue for the first worker.</summary>
    Holding,

    /// <summary>The worker that holds the lease.</summary>
    Worker,

    /// <summary>The guard: outbound connections are carried to a gateway, inbound connections are refused.</summary>
    Guard,

    /// <summary>None: the listeners refuse connections at once, which is safe to replay.</summary>
    Paused,

    /// <summary>None, permanently.</summary>
    Closed,
}
