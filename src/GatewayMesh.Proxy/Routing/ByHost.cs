using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Outbound: the service that the host names.</summary>
internal sealed class ByHost : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(Exchange exchange) => exchange.Mesh.RouteOf(HostNames.ServiceOf(exchange.Host), exchange);
}
