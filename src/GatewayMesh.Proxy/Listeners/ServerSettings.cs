using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>How the server is set up.</summary>
internal static class ServerSettings
{
    /// <summary>The settings of one data plane.</summary>
    public static KestrelServerOptions For(LimitsSpec limits, OpenConnections connections, TunnelDoor tunnel)
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            AllowHostHeaderOverride = true, // an absolute-form target outranks Host (RFC 9112 §3.2.2)
            AllowSynchronousIO = false,
            RequestHeaderEncodingSelector = static _ => Encoding.Latin1, // bytes in, the same bytes out
            ResponseHeaderEncodingSelector = static _ => Encoding.Latin1,
        };
        options.Limits.MaxConcurrentConnections = null; // the listeners bound it, where the kernel's queue can hold what is beyond
        options.Limits.MaxRequestHeadersTotalSize = limits.MaxRequestHeadersTotalSize;
        options.Limits.MaxRequestLineSize = Math.Min(options.Limits.MaxRequestLineSize, limits.MaxRequestHeadersTotalSize);
        options.Limits.MaxRequestBodySize = limits.MaxRequestBodySize;
        options.Limits.RequestHeadersTimeout = limits.RequestHeadersTimeout;
        options.Limits.KeepAliveTimeout = limits.KeepAliveTimeout;
        options.Limits.MinRequestBodyDataRate = null; // streams may be silent for long
        options.Limits.Http2.MaxStreamsPerConnection = limits.MaxStreamsPerConnection;
        options.Listen(new LentEndPoint(), listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(connections.Around);
            listen.Use(tunnel.Around);
        });
        return options;
    }
}
