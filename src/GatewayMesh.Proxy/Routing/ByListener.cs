using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Upstream ports: the one service that the listener leads to, whatever the host says.</summary>
internal sealed class ByListener : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(Exchange exchange) => exchange.Mesh.RouteOf(exchange.InboundConnection.Listener.Upstream ?? "", exchange);
}
