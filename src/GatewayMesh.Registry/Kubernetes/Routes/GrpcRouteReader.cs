using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Reads GRPCRoutes. The path of a call is <c>/SERVICE/METHOD</c>.</summary>
internal static class GrpcRouteReader
{
    private const string AnyName = "[^/]+";

    /// <summary>Reads <paramref name="route"/>. A part that is not supported refuses its rule alone.</summary>
    public static RouteSource Read(GrpcRoute route, BackendResolver backends)
    {
        var reader = new RuleReader(RouteKind.Grpc, route.Metadata, backends);
        ImmutableArray<SourceRule> rules = [.. route.Spec.Rules.Select((rule, i) => Read(rule, i, reader))];
        return new RouteSource(RouteKind.Grpc, route.Metadata, route.Spec.ParentRefs, rules, reader.References);
    }

    private static SourceRule Read(GrpcRouteRule rule, int index, RuleReader reader)
    {
        RouteProblem? problem = null;
        var read = reader.Read(index, FilterReader.Read(rule.Filters, FilterReader.OfGrpc), rule.BackendRefs, ref problem);
        var matches = ImmutableArray.CreateBuilder<SourceMatch>();
        foreach (var (match, i) in (rule.Matches is [] ? [new GrpcRouteMatch()] : rule.Matches).Select((match, i) => (match, i)))
        {
            RouteProblem? fault = null;
            var path = PathOf(match.Method, ref fault);
            var headers = ValueMatches.Headers(match.Headers, ref fault);
            if (fault is not null)
            {
                problem ??= fault;
                continue;
            }

            matches.Add(
                new SourceMatch(
                    path is null && headers.IsEmpty ? null : new RouteMatch { Path = path, Headers = headers },
                    reader.Rank(index, i, match.Method?.Service?.Length ?? 0, match.Method?.Method?.Length ?? 0, headers.Length)));
        }

        return new SourceRule(read with { Refused = problem?.Message }, matches.ToImmutable(), problem);
    }

    private static PathRule? PathOf(GrpcMethodMatch? match, ref RouteProblem? problem)
    {
        var (service, method) = (match?.Service ?? "", match?.Method ?? "");
        switch (match?.Type)
        {
            case null:
            case "Exact" or "RegularExpression" when service.Length + method.Length == 0:
                return null;
            case "Exact" when method.Length == 0:
                return new PathRule(PathTest.Prefix, $"/{service}/");
            case "Exact" when service.Length == 0:
                return Expression(AnyName, Quoted(method), ref problem);
            case "Exact":
                return new PathRule(PathTest.Exact, $"/{service}/{method}");
            case "RegularExpression"
                when (service.Length == 0 || ValueMatches.Check(service, ref problem))
                    && (method.Length == 0 || ValueMatches.Check(method, ref problem)):
                return Expression(
                    service.Length == 0 ? AnyName : $"(?:{service})", method.Length == 0 ? AnyName : $"(?:{method})", ref problem);
            default:
                problem ??= RouteProblem.Unsupported($"the match type {match!.Type} of a method is not supported");
                return null;
        }
    }

    private static PathRule? Expression(string service, string method, ref RouteProblem? problem)
    {
        var expression = $"/{service}/{method}";
        return ValueMatches.Check(expression, ref problem) ? new PathRule(PathTest.Regex, expression) : null;
    }

    private static string Quoted(string name) =>
        string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c.ToString() : $"\\{c}"));
}
