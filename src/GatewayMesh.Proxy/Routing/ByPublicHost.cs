namespace GatewayMesh.Proxy.Routing;

/// <summary>
/// Ingress: resolves the service of a public host on this port: the exact host, then the longest <c>*.SUFFIX</c>, then <c>PREFIX.*</c>,
/// then <c>*</c>.
/// </summary>
internal sealed class ByPublicHost(string ingress) : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(IRoutedRequest request) =>
        request.Mesh.Snapshot.Ingress.TryGetValue((ingress, request.InboundConnection.Listener.Address.Port), out var routes)
        && routes.Find(HostNames.WithoutPort(request.Host)) is { } service
        && request.Mesh.RouteOf(service, request) is { } route
            ? route with { EdgeEdits = routes.Edits.GetValueOrDefault(service) }
            : null;
}
