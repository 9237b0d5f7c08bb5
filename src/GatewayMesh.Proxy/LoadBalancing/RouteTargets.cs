using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>Targets of all routes in a snapshot, and the subsets that policies name.</summary>
internal static class RouteTargets
{
    /// <summary>Returns each target once, by ID, including failover targets.</summary>
    public static IEnumerable<TargetModel> Of(MeshSnapshot snapshot)
    {
        var seen = new HashSet<RouteNode>(ReferenceEqualityComparer.Instance);
        var open = new Stack<RouteNode>(
            snapshot.Services.Values.Select(service => service.Routes).OfType<RouteNode>()
                .Concat(snapshot.Services.Values.SelectMany(service => service.ConsumerRoutes.Values))
                .Concat(snapshot.FlaggedSubsets.Values));
        var targets = new Dictionary<string, TargetModel>(StringComparer.OrdinalIgnoreCase);
        while (open.TryPop(out var node))
        {
            if (!seen.Add(node))
            {
                continue;
            }

            switch (node)
            {
                case RouterNode router:
                    Push(open, router.Rules.Select(rule => rule.Next));
                    break;
                case SplitterNode splitter:
                    Push(open, splitter.Legs.Select(leg => leg.Next));
                    break;
                case ResolverNode resolver:
                    foreach (var target in resolver.Failover.Prepend(resolver.Target))
                    {
                        _ = targets.TryAdd(target.Id, target);
                    }

                    break;
            }
        }

        foreach (var id in snapshot.Subsets.Values)
        {
            if (snapshot.Targets.TryGetValue(id, out var target))
            {
                _ = targets.TryAdd(id, target);
            }
        }

        return targets.Values;
    }

    private static void Push(Stack<RouteNode> open, IEnumerable<RouteNode> nodes)
    {
        foreach (var node in nodes)
        {
            open.Push(node);
        }
    }
}
