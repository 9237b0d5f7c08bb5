using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Which service a request is for, told from where it came in.</summary>
internal interface IRouteResolver
{
    /// <summary>The route, or null when nobody answers to that name.</summary>
    Route? Resolve(Exchange exchange);
}
