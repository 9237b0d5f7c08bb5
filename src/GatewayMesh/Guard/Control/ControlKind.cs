namespace GatewayMesh.Guard.Control;

/// <summary>What guard and worker say to each other.</summary>
internal enum ControlKind
{
    /// <summary>Guard: what to run and on which listeners. Descriptors: configuration, progress page, listeners in order.</summary>
    Configure,

    /// <summary>Guard: a worker that runs already shall say what it holds.</summary>
    Adopt,

    /// <summary>Guard: more listeners, fewer listeners, another configuration. Descriptors: configuration, then the new listeners in order.</summary>
    Reload,

    /// <summary>Guard: accept, or stop accepting.</summary>
    Lease,

    /// <summary>Guard: end your requests, then yourself.</summary>
    Drain,

    /// <summary>Worker: what it holds. Descriptors: progress page, listeners in order.</summary>
    Holdings,

    /// <summary>Worker: whether it is able to serve, and what it says of itself to the registry.</summary>
    Fitness,

    /// <summary>Worker: it no longer accepts.</summary>
    LeaseReturned,

    /// <summary>Worker: what became of a reload.</summary>
    Reloaded,
}
