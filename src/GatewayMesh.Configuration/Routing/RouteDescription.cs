using System.Globalization;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Canonical text of a route, for comparing the routes of two nodes.</summary>
internal static class RouteDescription
{
    /// <summary>Returns one text per step, depth first; each node is described once.</summary>
    public static IEnumerable<string> Of(RouteNode? start)
    {
        var visited = new HashSet<RouteNode>(ReferenceEqualityComparer.Instance);
        var todo = new Stack<RouteNode>();
        for (var node = start; node is not null; node = todo.TryPop(out var next) ? next : null)
        {
            if (!visited.Add(node))
            {
                continue;
            }

            foreach (var text in Describe(node, todo))
            {
                yield return text;
            }
        }
    }

    private static IEnumerable<string> Describe(RouteNode node, Stack<RouteNode> todo)
    {
        yield return $"{node.GetType().Name} {node.Name}";
        switch (node)
        {
            case RouterNode router:
                foreach (var rule in router.Rules)
                {
                    yield return $"{RouteJson.Write(rule.Match)} {RouteJson.Write(rule.Action)} {rule.Next.Name}{Of(rule.Origin)}";
                    todo.Push(rule.Next);
                }

                break;
            case SplitterNode splitter:
                foreach (var leg in splitter.Legs)
                {
                    yield return string.Create(CultureInfo.InvariantCulture, $"{leg.Weight} {leg.Next.Name}")
                        + RouteJson.Write(leg.RequestHeaders)
                        + RouteJson.Write(leg.ResponseHeaders);
                    todo.Push(leg.Next);
                }

                break;
            case ResolverNode resolver:
                yield return $"{string.Join(' ', resolver.Failover.Select(target => target.Id))} {resolver.ConnectTimeout} "
                    + $"{resolver.RequestTimeout} {RouteJson.Write(resolver.LoadBalancer)}";
                break;
            case AnswerNode answer:
                yield return $"{answer.Answer}";
                break;
        }
    }

    private static string Of(RuleOrigin? origin) => origin is null ? "" : $" {origin}";
}
