using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Proxy.Routing.Matching;

/// <summary>
/// A compiled <see cref="RouteMatch"/>: a request must meet all conditions. Has no side effects; an ordinary request costs no allocation.
/// </summary>
internal sealed class RouteMatcher
{
    private readonly RouteMatch _match;
    private readonly string _path;
    private readonly StringComparison _comparison;
    private readonly PathExpression? _expression;
    private readonly ImmutableArray<HeaderMatch> _headers;
    private readonly ImmutableArray<QueryMatch> _query;

    /// <exception cref="ArgumentException">An expression is invalid. Bound entries have valid expressions.</exception>
    public RouteMatcher(RouteMatch match)
    {
        _match = match;
        _comparison = match.CaseInsensitive ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _path = match.Path is not { } path ? ""
            : match.BySegments && path.Value.Length > 1 ? RoutePath.OfRule(path.Value).TrimEnd('/')
            : RoutePath.OfRule(path.Value);
        _expression = match.Path is { Test: PathTest.Regex, Value: var pattern }
            ? new PathExpression(pattern, match.CaseInsensitive)
            : null;
        _headers = [.. match.Headers.Select(static rule => new HeaderMatch(rule))];
        _query = [.. match.Query.Select(static rule => new QueryMatch(rule))];
    }

    /// <summary>True if the request meets all conditions.</summary>
    public bool Matches(in AskedRoute asked)
    {
        if (!PathPasses(asked.Path) || !MethodPasses(asked.Facts.Method))
        {
            return false;
        }

        foreach (var header in _headers)
        {
            if (!header.Matches(asked.Facts))
            {
                return false;
            }
        }

        foreach (var parameter in _query)
        {
            if (!parameter.Matches(asked.Query))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns the first condition that the request does not meet, as text; null if it meets all. For humans: slow.</summary>
    public string? WhyNot(in AskedRoute asked)
    {
        if (!PathPasses(asked.Path))
        {
            return RuleText.OfPath(_match);
        }

        if (!MethodPasses(asked.Facts.Method))
        {
            return RuleText.OfMethods(_match.Methods);
        }

        for (var i = 0; i < _headers.Length; i++)
        {
            if (!_headers[i].Matches(asked.Facts))
            {
                return RuleText.Of(_match.Headers[i]);
            }
        }

        for (var i = 0; i < _query.Length; i++)
        {
            if (!_query[i].Matches(asked.Query))
            {
                return RuleText.Of(_match.Query[i]);
            }
        }

        return null;
    }

    /// <summary>All conditions as text, such as <c>path begins with /api, method is GET</c>.</summary>
    public override string ToString() => RuleText.Of(_match);

    private bool PathPasses(ReadOnlySpan<char> path) => _match.Path?.Test switch
    {
        null => true,
        PathTest.Exact => path.Equals(_path, _comparison),
        PathTest.Prefix => path.StartsWith(_path, _comparison) && (!_match.BySegments || EndsSegment(path)),
        _ => ExpressionPasses(path),
    };

    private bool EndsSegment(ReadOnlySpan<char> path) => path.Length == _path.Length || path[_path.Length] == '/' || _path == "/";

    // Matches the decoded path, or the path as Consul's proxies see it. An expression without escapes gives the same result for both if the
    // path has none.
    private bool ExpressionPasses(ReadOnlySpan<char> path)
    {
        if (_expression!.MatchesRoute(path))
        {
            return true;
        }

        var written = RoutePath.Written(path);
        return !(_expression.IsUniform && written.Overlaps(path)) && _expression.MatchesWritten(written);
    }

    private bool MethodPasses(string method)
    {
        if (_match.Methods.IsEmpty)
        {
            return true;
        }

        foreach (var each in _match.Methods)
        {
            if (each.Equals(method, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
