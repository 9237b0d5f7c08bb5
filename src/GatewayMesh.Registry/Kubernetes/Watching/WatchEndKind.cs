namespace GatewayMesh.Registry.Kubernetes.Watching;

/// <summary>Reason why one request of a watch ended. Decides what follows.</summary>
internal enum WatchEndKind
{
    /// <summary>The server ended the stream cleanly. Continue from the last version.</summary>
    Clean,

    /// <summary>A list is complete. Watch from its version.</summary>
    Listed,

    /// <summary>The server has no streaming lists. List, then watch.</summary>
    Unsupported,

    /// <summary>Nothing arrived during a start. Read the cache of the server.</summary>
    Silent,

    /// <summary>The version is too old (410). Start anew.</summary>
    Expired,

    /// <summary>Not installed or not allowed. Ask again later.</summary>
    Absent,

    /// <summary>Anything else. Pause, then start anew.</summary>
    Failed,
}
