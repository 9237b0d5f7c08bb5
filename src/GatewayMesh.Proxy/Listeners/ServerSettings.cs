using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Listeners.Floods;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>Settings of the server of HTTP/2.</summary>
internal static class ServerSettings
{
    /// <summary>Bytes of one HTTP/2 upload that may be buffered for an application that does not read them.</summary>
    private const int StreamWindow = 256 * 1024;

    // Sixteen stalled uploads leave window for others on the same connection.
    private const int ConnectionWindow = 17 * StreamWindow;

    /// <summary>Returns the settings of a data plane.</summary>
    public static KestrelServerOptions For(LimitsSpec limits, FloodGuard floods)
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            AllowAlternateSchemes = true, // a request inside a peer's TLS may have started as plaintext, which Envoy reports in :scheme
            AllowSynchronousIO = false,
            // Bytes pass through unchanged
            RequestHeaderEncodingSelector = static name => name == "Content-Length" ? LengthDigits.Instance : Encoding.Latin1,
            ResponseHeaderEncodingSelector = static _ => Encoding.Latin1,
        };
        options.Limits.MaxConcurrentConnections = null; // the listeners limit connections; the kernel's queue holds the excess
        // The mesh itself responds to requests beyond our limits (HeadLimitStep), so the server's own bounds are wider. Beyond its bounds
        // the server ends the connection, because it cannot skip the rest of a field section.
        var heads = HeadBounds.Of(limits);
        options.Limits.MaxRequestHeadersTotalSize = heads.Bytes;
        options.Limits.MaxRequestHeaderCount = heads.Fields;
        options.Limits.MaxRequestLineSize = heads.Line;
        // Otherwise the server does not start
        options.Limits.MaxRequestBufferSize = Math.Max(options.Limits.MaxRequestBufferSize ?? 0, Math.Max(heads.Bytes, heads.Line));
        options.Limits.MaxRequestBodySize = limits.MaxRequestBodySize;
        options.Limits.RequestHeadersTimeout = limits.RequestHeadersTimeout;
        options.Limits.KeepAliveTimeout = limits.KeepAliveTimeout;
        options.Limits.MinRequestBodyDataRate = null; // PacedBody enforces the rate, separately for each HTTP/2 stream
        options.Limits.Http2.MaxStreamsPerConnection = limits.MaxStreamsPerConnection;
        options.Limits.Http2.MaxRequestHeaderFieldSize = heads.Bytes; // one field may be as long as on HTTP/1.1
        options.Limits.Http2.InitialStreamWindowSize = StreamWindow;
        options.Limits.Http2.InitialConnectionWindowSize = ConnectionWindow;
        options.Listen(new Http2EndPoint(), listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(floods.Around);
        });
        return options;
    }
}
