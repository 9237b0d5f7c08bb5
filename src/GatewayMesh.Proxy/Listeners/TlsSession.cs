using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Proxy.Edge;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>What a TLS handshake agreed on. A feature of the connection besides: the server takes the scheme and the right to HTTP/2 from it.</summary>
/// <param name="protocol">Version of TLS.</param>
/// <param name="application">The protocol chosen by ALPN (RFC 7301), or empty.</param>
/// <param name="host">The name that the client asked for (SNI), or empty.</param>
/// <param name="peer">The peer's certificate, if it showed one; whether it was verified is the terms' affair. Disposed with the connection.</param>
internal sealed class TlsSession(SslProtocols protocol, ReadOnlyMemory<byte> application, string host, X509Certificate2? peer)
    : ITlsConnectionFeature, ITlsApplicationProtocolFeature
{
    private static readonly byte[] Http1 = "http/1.1"u8.ToArray();
    private static readonly byte[] Http2 = "h2"u8.ToArray();

    private string? _forwarded;

    /// <summary>Version of TLS.</summary>
    public SslProtocols Protocol { get; } = protocol;

    /// <summary>The name that the client asked for (SNI), or empty.</summary>
    public string Host { get; } = host;

    /// <summary>The peer's certificate, or null. The connection owns it.</summary>
    public X509Certificate2? Peer { get; } = peer;

    /// <summary>What ALPN chose, or empty.</summary>
    public ReadOnlyMemory<byte> ApplicationProtocol { get; private set; } = application;

    /// <summary>ALPN chose HTTP/2.</summary>
    public bool IsHttp2 => ApplicationProtocol.Span.SequenceEqual(Http2);

    /// <summary>ALPN chose HTTP/1.1.</summary>
    public bool IsHttp1 => ApplicationProtocol.Span.SequenceEqual(Http1);

    /// <summary>What the next hop is told of the peer's certificate (<c>X-Forwarded-Client-Cert</c>), or null. Written once.</summary>
    public string? ForwardedCertificate => Peer is null ? null : _forwarded ??= ClientCertificateField.Of(Peer);

    /// <inheritdoc/>
    X509Certificate2? ITlsConnectionFeature.ClientCertificate
    {
        get => Peer;
        set => throw new NotSupportedException("A certificate comes by the handshake.");
    }

    /// <inheritdoc/>
    Task<X509Certificate2?> ITlsConnectionFeature.GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(Peer);

    /// <summary>ALPN chose nothing, or a protocol around HTTP, and the first bytes are those of HTTP/2: the server serves it only when it is told so.</summary>
    public void TellHttp2() => ApplicationProtocol = Http2;
}
