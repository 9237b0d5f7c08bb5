using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Finds the service and its route. The mesh is never an open proxy, so an unknown name ends here. A service that the registry does not
/// watch is looked up first.
/// </summary>
internal sealed class RouteStep(ServiceDemand? demand) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.HasWaited)
        {
            exchange.SwitchTo(demand!.Mesh);
        }

        if (exchange.Behavior.Resolver.Resolve(exchange) is not { } route)
        {
            return Verdict.Fail(MeshErrorKind.DestinationNotFound);
        }

        var isAnswered = route is { Answer: not null } or { Leaf.Redirect: not null }; // needs no instance
        if (demand is not null && !isAnswered && !exchange.HasWaited && exchange.Mesh.Routes.DormantOf(route) is { } dormant)
        {
            exchange.HasWaited = true;
            return Verdict.After(demand.WaitAsync(dormant, route.Asked?.Service ?? ""));
        }

        exchange.Route = route;
        exchange.Destination = route.Instances.Service;
        if (!isAnswered)
        {
            route.MarkUsed();
            exchange.Rewritten = route.Leaf?.Rewrite?.Apply(exchange.Target.PathAndQuery);
        }

        return Verdict.Next;
    }
}
