namespace GatewayMesh.Proxy.Routing;

/// <summary>Outbound: resolves the service in the host.</summary>
internal sealed class ByHost : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(IRoutedRequest request) => request.Mesh.RouteOfAuthority(request.Host, [], request);
}
