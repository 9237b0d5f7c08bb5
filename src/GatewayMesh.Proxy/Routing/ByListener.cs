using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Upstream ports: resolves the listener's only service, regardless of the host.</summary>
internal sealed class ByListener : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(Exchange exchange) => exchange.Mesh.RouteOf(exchange.InboundConnection.Listener.Upstream ?? "", exchange);
}
