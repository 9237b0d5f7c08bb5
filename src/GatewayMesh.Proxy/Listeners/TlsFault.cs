namespace GatewayMesh.Proxy.Listeners;

/// <summary>Causes of failed TLS handshakes.</summary>
internal enum TlsFault
{
    /// <summary>The peer ended the connection.</summary>
    Gone,

    /// <summary>The handshake timed out.</summary>
    Timeout,

    /// <summary>The first byte is not TLS.</summary>
    NotTls,

    /// <summary>This side has no valid certificate.</summary>
    NoCertificate,

    /// <summary>The peer's certificate is missing or was refused.</summary>
    PeerCertificate,

    /// <summary>The peer rejected our certificate or offer, or there is no common version, cipher, or protocol.</summary>
    Refused,
}
