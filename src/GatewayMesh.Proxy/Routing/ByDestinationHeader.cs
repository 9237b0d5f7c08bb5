namespace GatewayMesh.Proxy.Routing;

/// <summary>Gateway, from mesh peers: resolves the service in the peer's mesh header, otherwise in the host.</summary>
internal sealed class ByDestinationHeader : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(IRoutedRequest request) =>
        request.PeerHeaders.Destination is { } destination
            ? request.Mesh.RouteOfName(destination, [], request)
            : request.Mesh.RouteOfAuthority(request.Host, [], request);
}
