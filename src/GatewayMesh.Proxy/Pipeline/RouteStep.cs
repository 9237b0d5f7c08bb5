using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Which service: the mesh is never an open proxy, so an unknown name ends here.</summary>
internal sealed class RouteStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.Behaviour.Resolver.Resolve(exchange) is not { } route)
        {
            return Verdict.Fail(MeshErrorKind.DestinationNotFound);
        }

        exchange.Route = route;
        exchange.Destination = route.Instances.Service;
        return route.Instances.All.IsEmpty ? Verdict.Fail(MeshErrorKind.NoEndpoint) : Verdict.Next;
    }
}
