using System.Net.Security;

namespace GatewayMesh.Certificates.Handshakes;

/// <summary>Application protocols of a TLS connection (ALPN, RFC 7301).</summary>
public static class ProtocolNames
{
    /// <summary>Guard's tunnel: hello, answer, then application bytes.</summary>
    public static SslApplicationProtocol Tunnel { get; } = new("gatewaymesh-guard/1");

    /// <summary>HTTP/1.1.</summary>
    public static SslApplicationProtocol Http1 => SslApplicationProtocol.Http11;

    /// <summary>HTTP/2.</summary>
    public static SslApplicationProtocol Http2 => SslApplicationProtocol.Http2;
}
