namespace GatewayMesh.Guard.Leases;

/// <summary>Phase in the life of a worker.</summary>
internal enum WorkerPhase
{
    /// <summary>Started; its private probe has not passed yet.</summary>
    Starting,

    /// <summary>Able to serve.</summary>
    Ready,

    /// <summary>Holds the lease and is the only acceptor.</summary>
    Leased,

    /// <summary>The lease is revoked, but still the worker's until it confirms or dies.</summary>
    Returning,

    /// <summary>Finishes its requests, then exits; never holds a lease again.</summary>
    Draining,

    /// <summary>Killed; its end was not observed yet.</summary>
    Killed,
}
