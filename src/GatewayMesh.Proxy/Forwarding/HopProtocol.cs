using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Protocol of the next hop:
/// <code>
/// upgrade (WebSocket), OPTIONS *               HTTP/1.1 end to end
/// to a mesh peer                               HTTP/2 if the request arrived over HTTP/2 or the service speaks HTTP/2; else HTTP/1.1
/// to the application                           HTTP/2 if the service speaks HTTP/2 or the request is gRPC; else HTTP/1.1
/// </code>
/// </summary>
internal static class HopProtocol
{
    /// <summary>Returns the protocol of a hop to <paramref name="kind"/>.</summary>
    public static WireProtocol Of(Exchange exchange, TargetKind kind) =>
        exchange.IsUpgrade
            || (exchange.Target.IsAsterisk && (kind == TargetKind.MeshPeer || !exchange.Route.SpeaksHttp2)) ? WireProtocol.Http1
        : exchange.Route.SpeaksHttp2
            || (kind == TargetKind.MeshPeer ? exchange.InboundConnection.IsHttp2 : exchange.IsGrpc
                && exchange.InboundConnection.IsHttp2) ? WireProtocol.Http2
        : WireProtocol.Http1;
}
