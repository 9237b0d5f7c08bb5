using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Reads HTTPRoutes.</summary>
internal static class HttpRouteReader
{
    private const string AnyPath = "/";

    // Classes of paths, by precedence.
    private const int ExactPath = 2;
    private const int ExpressionPath = 1;
    private const int PrefixPath = 0;

    /// <summary>Reads <paramref name="route"/>. A part that is not supported refuses its rule alone.</summary>
    public static RouteSource Read(HttpRoute route, BackendResolver backends)
    {
        var reader = new RuleReader(RouteKind.Http, route.Metadata, backends);
        ImmutableArray<SourceRule> rules = [.. (route.Spec.Rules ?? [new HttpRouteRule()]).Select((rule, i) => Read(rule, i, reader))];
        return new RouteSource(RouteKind.Http, route.Metadata, route.Spec.ParentRefs, rules, reader.References);
    }

    private static SourceRule Read(HttpRouteRule rule, int index, RuleReader reader)
    {
        RouteProblem? problem = null;
        var filters = FilterReader.Read(rule.Filters, FilterReader.OfHttp);
        var read = reader.Read(index, filters, rule.BackendRefs, ref problem) with
        {
            RequestTimeout = Timeout(rule.Timeouts?.Request, ref problem),
            AttemptTimeout = Timeout(rule.Timeouts?.BackendRequest, ref problem),
        };
        var matches = ImmutableArray.CreateBuilder<SourceMatch>();
        foreach (var (match, i) in (rule.Matches is [] ? [new HttpRouteMatch()] : rule.Matches).Select((match, i) => (match, i)))
        {
            RouteProblem? fault = null;
            var path = PathOf(match, ref fault);
            if (filters.ReplacesPrefix && path.Test != PathTest.Prefix)
            {
                problem ??= RouteProblem.Unsupported("a prefix is replaced that the match does not have");
            }

            var conditions = Conditions(match, path, filters.ReplacesPrefix, ref fault);
            if (fault is not null)
            {
                problem ??= fault;
                continue;
            }

            matches.Add(
                new SourceMatch(
                    conditions,
                    reader.Rank(
                        index,
                        i,
                        path.Test switch { PathTest.Exact => ExactPath, PathTest.Regex => ExpressionPath, _ => PrefixPath },
                        path.Value.Length,
                        string.IsNullOrEmpty(match.Method) ? 0 : 1,
                        conditions?.Headers.Length ?? 0,
                        conditions?.Query.Length ?? 0)));
        }

        return new SourceRule(read with { Refused = problem?.Message }, matches.ToImmutable(), problem);
    }

    private static RouteMatch? Conditions(HttpRouteMatch match, PathRule path, bool needsPath, ref RouteProblem? problem)
    {
        var headers = ValueMatches.Headers(match.Headers, ref problem);
        var query = ValueMatches.Query(match.QueryParams, ref problem);
        var isAnyPath = path is { Test: PathTest.Prefix, Value: AnyPath } && !needsPath;
        return isAnyPath && headers.IsEmpty && query.IsEmpty && string.IsNullOrEmpty(match.Method) ? null : new RouteMatch
        {
            Path = isAnyPath ? null : path,
            BySegments = !isAnyPath && path.Test == PathTest.Prefix,
            Headers = headers,
            Query = query,
            Methods = string.IsNullOrEmpty(match.Method) ? [] : [match.Method],
        };
    }

    // The trailing slash of a prefix has no meaning.
    private static PathRule PathOf(HttpRouteMatch match, ref RouteProblem? problem)
    {
        var path = match.Path ?? new HttpPathMatch();
        switch (path.Type)
        {
            case "Exact" when path.Value.StartsWith('/'):
                return new PathRule(PathTest.Exact, path.Value);
            case "PathPrefix" when path.Value.StartsWith('/'):
                return new PathRule(PathTest.Prefix, path.Value.TrimEnd('/') is { Length: > 0 } prefix ? prefix : AnyPath);
            case "RegularExpression" when ValueMatches.Check(path.Value, ref problem):
                return new PathRule(PathTest.Regex, path.Value);
            default:
                problem ??= RouteProblem.Unsupported($"the match {path.Type} {path.Value} of the path is not supported");
                return new PathRule(PathTest.Exact, path.Value);
        }
    }

    private static TimeSpan? Timeout(string? text, ref RouteProblem? problem)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (RouteDuration.TryRead(text, out var timeout))
        {
            return timeout;
        }

        problem ??= RouteProblem.Unsupported($"the timeout {text} is not a duration");
        return null;
    }
}
