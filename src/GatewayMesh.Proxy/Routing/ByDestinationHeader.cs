using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Gateway, from mesh peers: resolves the service in the peer's mesh header, otherwise in the host.</summary>
internal sealed class ByDestinationHeader : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(Exchange exchange) =>
        exchange.Mesh.RouteOf(exchange.PeerHeaders.Destination ?? HostNames.ServiceOf(exchange.Host), exchange);
}
