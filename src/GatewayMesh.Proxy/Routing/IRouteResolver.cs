namespace GatewayMesh.Proxy.Routing;

/// <summary>Resolves the service of a request by the request's entry point.</summary>
internal interface IRouteResolver
{
    /// <summary>Returns the route, or null if the name is unknown.</summary>
    Route? Resolve(IRoutedRequest request);
}
