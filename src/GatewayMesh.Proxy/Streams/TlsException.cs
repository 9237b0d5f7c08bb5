namespace GatewayMesh.Proxy.Streams;

/// <summary>A TLS connection failed.</summary>
/// <param name="message">The problem.</param>
/// <param name="cause">Exception of the verification; null without one.</param>
internal sealed class TlsException(string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>Alert received from the peer. Default: none.</summary>
    public AlertName Received { get; init; }

    /// <summary>Alert with which this side refused the peer's certificate. Default: none.</summary>
    public AlertName Refused { get; init; }

    /// <summary>True if the peer closed the connection without an orderly end: what was read may be incomplete. Default: false.</summary>
    public bool IsTruncated { get; init; }
}
