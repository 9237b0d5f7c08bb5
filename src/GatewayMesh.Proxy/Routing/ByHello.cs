using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Gateway, from guards: the upstream that the hello names, else the host, as the guard's own outbound address would.</summary>
internal sealed class ByHello : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(Exchange exchange) =>
        exchange.Mesh.RouteOf(exchange.InboundConnection.Carried?.Upstream ?? HostNames.ServiceOf(exchange.Host), exchange);
}
