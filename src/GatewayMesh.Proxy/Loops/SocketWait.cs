namespace GatewayMesh.Proxy.Loops;

/// <summary>Pending operation in one direction of a <see cref="LoopSocket"/>.</summary>
internal enum SocketWait
{
    /// <summary>No operation is pending.</summary>
    None,

    /// <summary>Bytes are received or sent when the socket is ready, then the operation completes.</summary>
    Transfer,

    /// <summary>The operation completes when the socket is ready.</summary>
    Readiness,

    /// <summary>A callback runs when the socket is ready.</summary>
    Callback,
}
