using System.Collections.Frozen;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing.Matching;

namespace GatewayMesh.Proxy.Routing.Tree;

/// <summary>Routes of the services whose name does not lead directly to all of their own instances. Created once per snapshot.</summary>
internal sealed class RouteTable
{
    private static readonly FrozenDictionary<string, FrozenDictionary<string, LiveNode>> NoConsumers =
        FrozenDictionary<string, FrozenDictionary<string, LiveNode>>.Empty;

    private readonly FrozenDictionary<string, LiveNode> _routes;
    private readonly FrozenDictionary<string, FrozenDictionary<string, LiveNode>> _consumers; // by namespace of the caller, then service
    private readonly SplitMix _random;
    private readonly TimeProvider _time;

    private RouteTable(
        FrozenDictionary<string, LiveNode> routes,
        FrozenDictionary<string, FrozenDictionary<string, LiveNode>> consumers,
        SplitMix random,
        TimeProvider time)
    {
        _routes = routes;
        _consumers = consumers;
        _random = random;
        _time = time;
    }

    /// <summary>A table without routes.</summary>
    public static RouteTable Empty { get; } = new(
        FrozenDictionary<string, LiveNode>.Empty, NoConsumers, new SplitMix(0), TimeProvider.System);

    /// <summary>Returns the routes of <paramref name="snapshot"/>.</summary>
    /// <param name="snapshot">Compiled configuration.</param>
    /// <param name="endpoints">Live instances of the snapshot.</param>
    /// <param name="random">Source of splitter samples.</param>
    /// <param name="time">Clock that decides when an ejected instance is due for its trial.</param>
    public static RouteTable Of(MeshSnapshot snapshot, EndpointTable endpoints, SplitMix random, TimeProvider time)
    {
        var compiler = new RouteCompiler(endpoints, snapshot);
        var routes = snapshot.Services.Values
            .Where(service => service.Routes is not null)
            .ToFrozenDictionary(service => service.Name, service => compiler.Compile(service.Routes!), StringComparer.OrdinalIgnoreCase);
        var consumers = snapshot.Services.Values
            .SelectMany(service => service.ConsumerRoutes.Select(pair => (Callers: pair.Key, service.Name, Start: pair.Value)))
            .GroupBy(route => route.Callers, StringComparer.Ordinal)
            .ToFrozenDictionary(
                group => group.Key,
                group => group.ToFrozenDictionary(
                    route => route.Name, route => compiler.Compile(route.Start), StringComparer.OrdinalIgnoreCase),
                StringComparer.Ordinal);
        return routes.Count + consumers.Count == 0 ? Empty : new RouteTable(routes, consumers, random, time);
    }

    /// <summary>
    /// Returns the route of <paramref name="service"/> for a caller; null if the name leads directly to the instances or is unknown.
    /// </summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="callers">Namespace of the caller; empty if it has none or is unknown.</param>
    public LiveNode? Find(string service, string callers) =>
        _consumers.Count > 0
            && _consumers.TryGetValue(callers, out var routes)
            && routes.TryGetValue(service, out var route) ? route
            : _routes.Count == 0 ? null
            : _routes.GetValueOrDefault(service);

    /// <summary>Returns a splitter sample for one request.</summary>
    public SplitSample Draw() => new(_random.Next());

    /// <summary>Returns the index of the target in <paramref name="leaf"/> that a request uses now.</summary>
    /// <param name="leaf">Leaf of the route.</param>
    /// <param name="mayAsk">True if the registry may be asked for services that it does not watch.</param>
    public int Choose(LiveLeaf leaf, bool mayAsk) => leaf.Targets.Length == 1 ? 0 : leaf.Choose(_time.GetTimestamp(), mayAsk);

    /// <summary>
    /// Returns instances that the registry does not watch: those of <paramref name="route"/>, or those that a feature flag would choose.
    /// Null if all are watched.
    /// </summary>
    public EndpointSet? DormantOf(in Route route) =>
        route.Instances.IsDormant ? route.Instances
        : route.Leaf is { Flagged.IsEmpty: false } leaf ? leaf.DormantByFlag(_time.GetTimestamp())
        : null;

    /// <summary>
    /// Follows <paramref name="node"/> to its end, a leaf or an answer: routers by the request's properties, splitters by its sample.
    /// Returns null if a router has no matching rule.
    /// </summary>
    public static LiveNode? Walk(LiveNode node, in AskedRoute asked, SplitSample sample)
    {
        var depth = 0;
        for (LiveNode? at = node; at is not null;)
        {
            switch (at)
            {
                case LiveLeaf or LiveAnswer:
                    return at;
                case LiveRouter router:
                    at = router.Next(asked);
                    break;
                case LiveSplitter splitter:
                    at = splitter.Next(sample, depth++);
                    break;
                default:
                    return null;
            }
        }

        return null;
    }
}
