using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Outbound: resolves the service in the host.</summary>
internal sealed class ByHost : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(Exchange exchange) => exchange.Mesh.RouteOf(HostNames.ServiceOf(exchange.Host), exchange);
}
