using GatewayMesh.Configuration.Naming;

namespace GatewayMesh.Proxy.Routing;

/// <summary>
/// Gateway, from guards: resolves the upstream in the hello, otherwise in the host, like the guard's own outbound address.
/// Short names are looked up in the namespace of the calling service.
/// </summary>
internal sealed class ByHello : IRouteResolver
{
    /// <inheritdoc/>
    public Route? Resolve(IRoutedRequest request)
    {
        var carried = request.InboundConnection.Carried;
        var space = ServiceNames.NamespaceOf(carried?.Service ?? "");
        return carried?.Upstream is { } upstream
            ? request.Mesh.RouteOfName(upstream, space, request)
            : request.Mesh.RouteOfAuthority(request.Host, space, request);
    }
}
