using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing.Matching;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy.Routing;

/// <summary>The snapshot with the live state of its instances beside it. Swapped as one; a request reads it once, at the door.</summary>
/// <param name="Snapshot">The compiled configuration.</param>
/// <param name="Endpoints">Its instances, live.</param>
/// <param name="Routes">From the names of services to instances, where they do not lead straight.</param>
internal sealed record LiveMesh(MeshSnapshot Snapshot, EndpointTable Endpoints, RouteTable Routes)
{
    /// <summary>The limits of its services, live.</summary>
    public LimitTable Limits { get; init; } = LimitTable.Empty;

    /// <summary>A mesh that knows nothing.</summary>
    public static LiveMesh Empty { get; } = new(MeshSnapshot.Empty, EndpointTable.Empty, RouteTable.Empty);

    /// <summary>The route of a request that asks for <paramref name="service"/>, or null when the mesh does not know it.</summary>
    public Route? RouteOf(string service, Exchange exchange)
    {
        exchange.Asked = service;
        var own = Endpoints.Find(service);
        if (Routes.Find(service) is not { } way)
        {
            return own is null ? null : new Route(own, TargetKind.MeshPeer);
        }

        if (way.Splits)
        {
            exchange.Draw ??= exchange.PeerHeaders.Draw ?? Routes.Draw();
        }

        if (RouteTable.Walk(way, new AskedRoute(exchange.Facts, exchange.Target.PathAndQuery), exchange.Draw ?? default) is not { } leaf)
        {
            return null;
        }

        var rank = Routes.Choose(leaf, mayAsk: !exchange.HasWaited);
        return new Route(leaf.Targets[rank].Instances, TargetKind.MeshPeer) { Leaf = leaf, Rank = rank, Asked = own };
    }
}
