namespace GatewayMesh.Proxy.Streams;

/// <summary>Alerts of TLS (RFC 8446 §6) that name the reason of a failed handshake.</summary>
internal enum AlertName : byte
{
    /// <summary>No alert: the peer is accepted, or the connection ended without one. Its number means an orderly end.</summary>
    None = 0,

    /// <summary>The peer received what was not expected.</summary>
    UnexpectedMessage = 10,

    /// <summary>A record could not be decrypted.</summary>
    BadRecordMac = 20,

    /// <summary>No acceptable set of parameters.</summary>
    HandshakeFailure = 40,

    /// <summary>The certificate is corrupt, or not the one of a peer of the mesh.</summary>
    BadCertificate = 42,

    /// <summary>The usage of the certificate does not permit this side.</summary>
    UnsupportedCertificate = 43,

    /// <summary>The certificate was revoked.</summary>
    CertificateRevoked = 44,

    /// <summary>The certificate has expired.</summary>
    CertificateExpired = 45,

    /// <summary>The certificate is unacceptable for another reason.</summary>
    CertificateUnknown = 46,

    /// <summary>No trusted authority has signed the certificate.</summary>
    UnknownCa = 48,

    /// <summary>The certificate is valid, and its subject has no access.</summary>
    AccessDenied = 49,

    /// <summary>The version is not supported.</summary>
    ProtocolVersion = 70,

    /// <summary>A fault on the sending side.</summary>
    InternalError = 80,

    /// <summary>The requested name is unknown.</summary>
    UnrecognizedName = 112,

    /// <summary>A client certificate is required.</summary>
    CertificateRequired = 116,

    /// <summary>No common application protocol.</summary>
    NoApplicationProtocol = 120,
}
