using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Which service, and which of its ways: the mesh is never an open proxy, so an unknown name ends here. One that the registry does not look at is asked for first.</summary>
internal sealed class RouteStep(ServiceDemand? demand) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.HasWaited)
        {
            exchange.Meet(demand!.Mesh);
        }

        if (exchange.Behaviour.Resolver.Resolve(exchange) is not { } route)
        {
            return Verdict.Fail(MeshErrorKind.DestinationNotFound);
        }

        if (route.Instances.IsDormant && demand is not null && !exchange.HasWaited)
        {
            exchange.HasWaited = true;
            return Verdict.After(demand.WaitAsync(route.Instances, route.Asked?.Service ?? ""));
        }

        route.MarkUsed();
        exchange.Route = route;
        exchange.Destination = route.Instances.Service;
        exchange.Rewritten = route.Leaf?.Rewrite?.Apply(exchange.Target.PathAndQuery);
        return !route.Instances.All.IsEmpty ? Verdict.Next
            : Verdict.Fail(route.Instances.IsRefused ? MeshErrorKind.AddressRefused : MeshErrorKind.NoEndpoint);
    }
}
