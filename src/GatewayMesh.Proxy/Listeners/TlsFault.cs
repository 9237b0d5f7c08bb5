namespace GatewayMesh.Proxy.Listeners;

/// <summary>Why a TLS handshake came to nothing.</summary>
internal enum TlsFault
{
    /// <summary>The peer ended the connection, or was gone.</summary>
    Gone,

    /// <summary>It was not over in time.</summary>
    Timeout,

    /// <summary>The first byte is no TLS.</summary>
    NotTls,

    /// <summary>This side has no valid certificate to show.</summary>
    NoCertificate,

    /// <summary>The peer's certificate is missing or was refused.</summary>
    PeerCertificate,

    /// <summary>The peer does not take what it was shown or offered, or there is no version, cipher or protocol in common.</summary>
    Refused,
}
