using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.MeshRouting;

namespace GatewayMesh.Configuration.Routing;

/// <summary>
/// Compiles the routes attached to a service to nodes. A backend leads to the instances of its service, never to the routes of that
/// service; a request that no rule matches is rejected.
/// </summary>
/// <param name="chains">Creates the targets.</param>
internal sealed class MeshRouteCompiler(ChainCompiler chains)
{
    private readonly Dictionary<string, ResolverNode> _services = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Compiles the rules of <paramref name="list"/>.</summary>
    public RouterNode Compile(MeshRouteList list)
    {
        // The matches of one rule share its backends.
        var backends = new Dictionary<RuleOrigin, RouteNode>();
        var rules = ImmutableArray.CreateBuilder<RouteRule>(list.Rules.Length + 1);
        foreach (var rule in list.Rules)
        {
            var origin = new RuleOrigin(rule.Route, rule.Index);
            if (!backends.TryGetValue(origin, out var next))
            {
                backends[origin] = next = NextOf(list.Service, rule, origin);
            }

            rules.Add(new RouteRule(rule.Match, rule.Refused is null ? ActionOf(rule) : RouteAction.None, next) { Origin = origin });
        }

        rules.Add(
            new RouteRule(
                null,
                RouteAction.None,
                list.FallsThrough ? Instances(list.Service) : new AnswerNode("no matching rule", RouteAnswer.NoMatchingRule)));
        return new RouterNode($"{list.Service}.default", rules.DrainToImmutable());
    }

    private RouteNode NextOf(string service, MeshRouteRule rule, RuleOrigin origin)
    {
        if (rule.Refused is { } problem)
        {
            return new AnswerNode($"refused: {problem}", RouteAnswer.RuleRefused);
        }

        if (rule.RequestRedirect is not null)
        {
            return Instances(service); // none is called
        }

        ImmutableArray<MeshBackend> used = [.. rule.Backends.Where(backend => backend.Weight > 0)];
        return used switch
        {
            [] => new AnswerNode("no backend", RouteAnswer.NoValidBackend),
            [{ RequestHeaders: null, ResponseHeaders: null } only] => Leg(only),
            _ => new SplitterNode(
                origin.ToString(),
                [
                    .. used.Select(
                        backend => new SplitLeg(backend.Weight, Leg(backend))
                        {
                            RequestHeaders = backend.RequestHeaders,
                            ResponseHeaders = backend.ResponseHeaders,
                        }),
                ]),
        };
    }

    private RouteNode Leg(MeshBackend backend) => backend.Fault is { } fault
        ? new AnswerNode($"{backend.Service} ({fault})", RouteAnswer.NoValidBackend)
        : Instances(backend.Service);

    private ResolverNode Instances(string service)
    {
        if (!_services.TryGetValue(service, out var node))
        {
            var target = chains.Whole(service);
            _services[service] = node = new ResolverNode(target.Id, target, []) { IsDefault = true };
        }

        return node;
    }

    private static RouteAction ActionOf(MeshRouteRule rule) => new()
    {
        RequestTimeout = rule.RequestTimeout,
        AttemptTimeout = rule.AttemptTimeout,
        RequestHeaders = rule.RequestHeaders,
        ResponseHeaders = rule.ResponseHeaders,
        RequestRedirect = rule.RequestRedirect,
        UrlRewrite = rule.UrlRewrite,
        Mirror = rule.Mirror,
        HeadersFirst = true,
    };
}
