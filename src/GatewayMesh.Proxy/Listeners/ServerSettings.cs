using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Edge;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>How the server is set up.</summary>
internal static class ServerSettings
{
    /// <summary>Bytes of one HTTP/2 upload that may be on the way to an application that does not read them.</summary>
    private const int StreamWindow = 256 * 1024;

    // Sixteen uploads that stand still leave room for others on the same connection.
    private const int ConnectionWindow = 17 * StreamWindow;

    /// <summary>The settings of one data plane.</summary>
    public static KestrelServerOptions For(LimitsSpec limits, OpenConnections connections, EdgeConnectionMiddleware edge, TlsConnectionMiddleware tls, TunnelConnectionMiddleware tunnel, ProtocolConnectionMiddleware protocol)
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            AllowHostHeaderOverride = true, // an absolute-form target outranks Host (RFC 9112 §3.2.2)
            AllowAlternateSchemes = true, // what a peer's TLS carries may have begun in clear text: Envoy says so in :scheme
            AllowSynchronousIO = false,
            RequestHeaderEncodingSelector = static name => name == "Content-Length" ? LengthDigits.Instance : Encoding.Latin1, // bytes in, the same bytes out
            ResponseHeaderEncodingSelector = static _ => Encoding.Latin1,
        };
        options.Limits.MaxConcurrentConnections = null; // the listeners bound it, where the kernel's queue can hold what is beyond
        // Beyond our limits a request gets an answer of ours (HeadLimitStep), so the server's own bounds are wider: beyond those it answers without a
        // body on HTTP/1.1, and on HTTP/2 it ends the connection, since it cannot skip the rest of a field section.
        var heads = HeadBounds.Of(limits);
        options.Limits.MaxRequestHeadersTotalSize = heads.Bytes;
        options.Limits.MaxRequestHeaderCount = heads.Fields;
        options.Limits.MaxRequestLineSize = heads.Line;
        options.Limits.MaxRequestBufferSize = Math.Max(options.Limits.MaxRequestBufferSize ?? 0, Math.Max(heads.Bytes, heads.Line)); // else it does not start
        options.Limits.MaxRequestBodySize = limits.MaxRequestBodySize;
        options.Limits.RequestHeadersTimeout = limits.RequestHeadersTimeout;
        options.Limits.KeepAliveTimeout = limits.KeepAliveTimeout;
        options.Limits.MinRequestBodyDataRate = null; // PacedBody holds it, for each stream of HTTP/2 alone
        options.Limits.Http2.MaxStreamsPerConnection = limits.MaxStreamsPerConnection;
        options.Limits.Http2.MaxRequestHeaderFieldSize = heads.Bytes; // one field may be as long as on HTTP/1.1
        options.Limits.Http2.InitialStreamWindowSize = StreamWindow;
        options.Limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
        options.Listen(new SilentEndPoint(), listen => // bound first, so that its pipeline is there before a connection can be
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(protocol.Keep);
        });
        options.Listen(new LentEndPoint(), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(connections.Around);
            listen.Use(edge.Around);
            listen.Use(tls.Around);
            listen.Use(tunnel.Around);
            listen.Use(protocol.Around);
        });
        return options;
    }
}
