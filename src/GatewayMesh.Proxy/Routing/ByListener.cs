namespace GatewayMesh.Proxy.Routing;

/// <summary>Upstream ports: resolves the listener's only service, regardless of the host.</summary>
internal sealed class ByListener : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(IRoutedRequest request) =>
        request.Mesh.RouteOfName(request.InboundConnection.Listener.Upstream ?? "", [], request);
}
