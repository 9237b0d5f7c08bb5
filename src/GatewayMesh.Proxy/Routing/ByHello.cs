using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Routing;

/// <summary>
/// Gateway, from guards: resolves the upstream in the hello, otherwise in the host, like the guard's own outbound address.
/// </summary>
internal sealed class ByHello : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(Exchange exchange) =>
        exchange.Mesh.RouteOf(exchange.InboundConnection.Carried?.Upstream ?? HostNames.ServiceOf(exchange.Host), exchange);
}
