using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Routing;

/// <summary>
/// Ingress: resolves the service of a public host on this port: the exact host, then the longest <c>*.SUFFIX</c>, then <c>PREFIX.*</c>,
/// then <c>*</c>.
/// </summary>
internal sealed class ByPublicHost(string ingress) : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(Exchange exchange) =>
        exchange.Mesh.Snapshot.Ingress.TryGetValue((ingress, exchange.InboundConnection.Listener.Address.Port), out var routes)
        && routes.Find(HostNames.WithoutPort(exchange.Host)) is { } service
            ? exchange.Mesh.RouteOf(service, exchange)
            : null;
}
