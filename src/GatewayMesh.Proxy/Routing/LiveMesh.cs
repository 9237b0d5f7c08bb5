using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.FeatureFlags;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.RateLimiting;
using GatewayMesh.Proxy.Routing.Matching;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy.Routing;

/// <summary>A snapshot with the live state of its instances. Replaced as a whole; a request reads it once, on arrival.</summary>
/// <param name="Snapshot">Compiled configuration.</param>
/// <param name="Endpoints">Live instances of the snapshot.</param>
/// <param name="Routes">Routes of services that do not lead directly to their own instances.</param>
internal sealed record LiveMesh(MeshSnapshot Snapshot, EndpointTable Endpoints, RouteTable Routes)
{
    /// <summary>Live limits of the services.</summary>
    public LimitTable Limits { get; init; } = LimitTable.Empty;

    /// <summary>Live rate limits of the services.</summary>
    public RateLimitTable RateLimits { get; init; } = RateLimitTable.Empty;

    /// <summary>Feature flags.</summary>
    public FlagTable Flags { get; init; } = FlagTable.Empty;

    /// <summary>A mesh without services.</summary>
    public static LiveMesh Empty { get; } = new(MeshSnapshot.Empty, EndpointTable.Empty, RouteTable.Empty);

    /// <summary>Returns the instances of a subset that a policy names, or null if there is none.</summary>
    public EndpointSet? SubsetOf(string service, string subset) =>
        Snapshot.Subsets.TryGetValue(MeshSnapshot.SubsetKey(service, subset), out var id) ? Endpoints.FindTarget(id) : null;

    /// <summary>
    /// Returns the route of a request for an authority, as its sender wrote it; null if the authority is unknown. A single instance has no
    /// routes, only the policy of its service.
    /// </summary>
    /// <param name="authority">Host with or without a port.</param>
    /// <param name="space">Namespace of the caller; empty: the namespace of this node.</param>
    /// <param name="request">The request.</param>
    public Route? RouteOfAuthority(string authority, ReadOnlySpan<char> space, IRoutedRequest request)
    {
        if (Snapshot.ServiceNames is not { } names)
        {
            return RouteOf(HostNames.ServiceOf(authority), request);
        }

        if (!names.TryFind(authority, space, request.InboundConnection.Listener.Address.Port, out var named))
        {
            return RouteOf(HostNames.Lower(authority.AsSpan().TrimEnd('.')), request);
        }

        if (named.Instance is not { } address)
        {
            return RouteOf(named.Service, request);
        }

        request.Asked = address.ToString();
        return Endpoints.FindInstance(named.Service, address) is { } instance ? new Route(instance, TargetKind.MeshPeer) : null;
    }

    /// <summary>Returns the route of a request for a service that the mesh or its operator names; null if the name is unknown.</summary>
    /// <param name="name">Name of the service, or the address of one instance.</param>
    /// <param name="space">Namespace of the caller; empty: the namespace of this node.</param>
    /// <param name="request">The request.</param>
    public Route? RouteOfName(string name, ReadOnlySpan<char> space, IRoutedRequest request) =>
        Snapshot.ServiceNames is null ? RouteOf(name, request) : RouteOfAuthority(name, space, request);

    /// <summary>Returns the route of a request for <paramref name="service"/>, or null if the service is unknown.</summary>
    public Route? RouteOf(string service, IRoutedRequest request)
    {
        request.Asked = service;
        var own = Endpoints.Find(service);
        if (Routes.Find(service, request.CallerNamespace) is not { } routes)
        {
            return own is null ? null : new Route(own, TargetKind.MeshPeer);
        }

        if (routes.Splits)
        {
            request.Draw ??= request.PeerHeaders.Draw ?? Routes.Draw();
        }

        var end = RouteTable.Walk(routes, new AskedRoute(request.Facts, request.Target.PathAndQuery), request.Draw ?? default);
        if (end is not LiveLeaf leaf)
        {
            return end is LiveAnswer answer && own is not null ? new Route(own, TargetKind.MeshPeer) { Answer = answer } : null;
        }

        var rank = Routes.Choose(leaf, mayAsk: !request.HasWaited);
        return new Route(leaf.Targets[rank].Instances, TargetKind.MeshPeer) { Leaf = leaf, Rank = rank, Asked = own };
    }
}
