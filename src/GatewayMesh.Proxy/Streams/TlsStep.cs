namespace GatewayMesh.Proxy.Streams;

/// <summary>Outcome of a call of <see cref="TlsEngine"/>.</summary>
internal enum TlsStep
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>To be tried again when the socket has input.</summary>
    WaitsForInput,

    /// <summary>To be tried again when the socket has room.</summary>
    WaitsForOutput,

    /// <summary>The connection failed; see <see cref="TlsEngine.Failure"/>.</summary>
    Failed,
}
