namespace GatewayMesh.Proxy.Routing;

/// <summary>
/// Gateway, from guards: resolves the upstream in the hello, otherwise in the host, like the guard's own outbound address.
/// </summary>
internal sealed class ByHello : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(IRoutedRequest request) =>
        request.Mesh.RouteOf(request.InboundConnection.Carried?.Upstream ?? HostNames.ServiceOf(request.Host), request);
}
