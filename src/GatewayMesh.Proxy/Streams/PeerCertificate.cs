namespace GatewayMesh.Proxy.Streams;

/// <summary>Request for a certificate of the peer.</summary>
internal enum PeerCertificate
{
    /// <summary>A server requests none. A client ignores the server's: only for tests.</summary>
    None,

    /// <summary>The peer may present one, which is then verified.</summary>
    Optional,

    /// <summary>The peer must present one.</summary>
    Required,
}
