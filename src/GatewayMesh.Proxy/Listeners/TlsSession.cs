using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Proxy.Edge;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Result of a TLS handshake. Also a connection feature: the server derives the scheme and the permission for HTTP/2 from it.
/// </summary>
/// <param name="protocol">Version of TLS.</param>
/// <param name="application">Protocol chosen by ALPN (RFC 7301), or empty.</param>
/// <param name="host">Server name requested by the client (SNI), or empty.</param>
/// <param name="peer">The peer's certificate, if any; the terms decide on verification. Disposed with the connection.</param>
internal sealed class TlsSession(SslProtocols protocol, ReadOnlyMemory<byte> application, string host, X509Certificate2? peer)
    : ITlsConnectionFeature, ITlsApplicationProtocolFeature
{
    private static readonly byte[] Http1 = "http/1.1"u8.ToArray();
    private static readonly byte[] Http2 = "h2"u8.ToArray();

    private string? _forwarded;

    /// <summary>Version of TLS.</summary>
    public SslProtocols Protocol { get; } = protocol;

    /// <summary>Server name requested by the client (SNI), or empty.</summary>
    public string Host { get; } = host;

    /// <summary>The peer's certificate, or null. Owned by the connection.</summary>
    public X509Certificate2? Peer { get; } = peer;

    /// <summary>Protocol chosen by ALPN, or empty.</summary>
    public ReadOnlyMemory<byte> ApplicationProtocol { get; private set; } = application;

    /// <summary>True if ALPN chose HTTP/2.</summary>
    public bool IsHttp2 => ApplicationProtocol.Span.SequenceEqual(Http2);

    /// <summary>True if ALPN chose HTTP/1.1.</summary>
    public bool IsHttp1 => ApplicationProtocol.Span.SequenceEqual(Http1);

    /// <summary>Description of the peer's certificate for the next hop (<c>X-Forwarded-Client-Cert</c>), or null. Written once.</summary>
    public string? ForwardedCertificate => Peer is null ? null : _forwarded ??= ClientCertificateField.Of(Peer);

    /// <inheritdoc/>
    X509Certificate2? ITlsConnectionFeature.ClientCertificate
    {
        get => Peer;
        set => throw new NotSupportedException("The certificate is set by the handshake.");
    }

    /// <inheritdoc/>
    Task<X509Certificate2?> ITlsConnectionFeature.GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(Peer);

    /// <summary>
    /// Sets HTTP/2 as the protocol if ALPN chose none, or a protocol around HTTP, and the first bytes are HTTP/2: the server serves HTTP/2
    /// only if this feature reports it.
    /// </summary>
    public void SetHttp2() => ApplicationProtocol = Http2;
}
