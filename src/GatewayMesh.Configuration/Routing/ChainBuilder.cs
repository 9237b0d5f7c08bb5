using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Entries.Splitters;

namespace GatewayMesh.Configuration.Routing;

/// <summary>
/// Converts drafts without cycles to the nodes that requests follow; a node with several predecessors is a single object.
/// </summary>
/// <param name="datacenter">Local datacenter, in place of <see cref="CompiledChain.Home"/>.</param>
/// <param name="targets">Returns a target.</param>
internal sealed class ChainBuilder(string datacenter, Func<TargetKey, TargetModel> targets)
{
    private readonly Dictionary<Draft, RouteNode> _built = [];

    /// <summary>Returns the node of <paramref name="draft"/> with all nodes after it.</summary>
    public RouteNode Build(Draft draft)
    {
        if (!_built.TryGetValue(draft, out var node))
        {
            _built[draft] = node = draft switch
            {
                RouterDraft router =>
                    new RouterNode(
                        NameOf(router.Entry.Name),
                        [
                            .. router.Routes.Select(
                                route => new RouteRule(route.Route?.Match, ActionOf(route.Route?.Destination), Build(route.Next)))]),
                SplitterDraft splitter =>
                    new SplitterNode(
                        NameOf(splitter.Entry.Name), Whole([.. splitter.Legs.Select(LegOf)])),
                ResolverDraft resolver => Build(resolver),
                _ => throw new ArgumentOutOfRangeException(nameof(draft), draft, "no such node"),
            };
        }

        return node;
    }

    private SplitLeg LegOf((int Weight, Draft Next, SplitEntry Split) leg) => new(leg.Weight, Build(leg.Next))
    {
        RequestHeaders = leg.Split.RequestHeaders,
        ResponseHeaders = leg.Split.ResponseHeaders,
    };

    private ResolverNode Build(ResolverDraft resolver)
    {
        var target = Target(resolver.Target);
        return new ResolverNode(target.Id, target, [.. resolver.Failover.Select(Target)])
        {
            ConnectTimeout = resolver.Entry?.ConnectTimeout,
            RequestTimeout = resolver.Entry?.RequestTimeout,
            LoadBalancer = resolver.Entry?.LoadBalancer,
            IsDefault = resolver.Entry is null
                or
                {
                    DefaultSubset: "",
                    Subsets.IsEmpty: true,
                    Redirect: null,
                    Failover.IsEmpty: true,
                    ConnectTimeout: null,
                    RequestTimeout: null,
                    LoadBalancer: null,
                },
        };
    }

    private TargetModel Target(TargetKey key) =>
        targets(key.Datacenter == CompiledChain.Home ? key with { Datacenter = datacenter } : key);

    // Each product of nested splitters is rounded, so their sum may differ from the total by a few hundredths of a percent: the heaviest
    // share absorbs the difference.
    private static ImmutableArray<SplitLeg> Whole(ImmutableArray<SplitLeg> legs)
    {
        var missing = SplitEntry.Whole - legs.Sum(leg => leg.Weight);
        var heaviest = legs.MaxBy(leg => leg.Weight)!;
        return missing == 0 ? legs : legs.Replace(heaviest, heaviest with { Weight = heaviest.Weight + missing });
    }

    private static RouteAction ActionOf(RouteDestination? destination) => destination is null ? RouteAction.None : new RouteAction
    {
        PrefixRewrite = destination.PrefixRewrite,
        RequestTimeout = destination.RequestTimeout is { } request && request > TimeSpan.Zero ? request : null,
        IdleTimeout = destination.IdleTimeout is { } idle && idle > TimeSpan.Zero ? idle : null,
        NumRetries = destination.NumRetries,
        RetryOnConnectFailure = destination.RetryOnConnectFailure,
        RetryOnStatusCodes = destination.RetryOnStatusCodes,
        RetryOn = destination.RetryOn,
        RequestRedirect = destination.RequestRedirect,
        UrlRewrite = destination.UrlRewrite,
        RequestHeaders = destination.RequestHeaders,
        ResponseHeaders = destination.ResponseHeaders,
    };

    private static string NameOf(string service) => $"{service}.default";
}
