using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Proxy.Streams;

/// <summary>Settings of a <see cref="TlsContext"/>. Nothing is ever renegotiated.</summary>
internal sealed record TlsSettings
{
    /// <summary>Certificate with its key, which can be exported. Default: null, a client without a certificate.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Certificates sent after <see cref="Certificate"/>. Default: none.</summary>
    public IReadOnlyList<X509Certificate2> Intermediates { get; init; } = [];

    /// <summary>Application protocols (ALPN), the preferred one first. Default: none, no negotiation.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [];

    /// <summary>Request for a certificate of the peer. Default: required.</summary>
    public PeerCertificate PeerCertificate { get; init; } = PeerCertificate.Required;

    /// <summary>True to allow TLS 1.2. Default: false, TLS 1.3 only.</summary>
    public bool AllowsTls12 { get; init; }

    /// <summary>
    /// True to resume sessions by tickets (RFC 8446 §2.2). Default: false, because a resumed session presents no certificate again.
    /// </summary>
    public bool AllowsResumption { get; init; }

    /// <summary>Authorities that a server names when it requests a client's certificate (RFC 8446 §4.2.4). Default: none.</summary>
    public IReadOnlyList<X509Certificate2> NamedAuthorities { get; init; } = [];
}
