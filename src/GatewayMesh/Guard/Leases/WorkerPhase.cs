namespace GatewayMesh.Guard.Leases;

/// <summary>Where a worker stands in its life.</summary>
internal enum WorkerPhase
{
    /// <summary>Started, its private probe has not passed yet.</summary>
    Starting,

    /// <summary>Fit to serve.</summary>
    Ready,

    /// <summary>It holds the lease: it accepts, and nobody else does.</summary>
    Leased,

    /// <summary>The lease was asked back; it is still the worker's until it says so or is dead.</summary>
    Returning,

    /// <summary>It ends its requests and then itself; it never holds a lease again.</summary>
    Draining,

    /// <summary>Killed, its end not yet seen.</summary>
    Killed,
}
