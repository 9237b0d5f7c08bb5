using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Reads conditions on header fields and query parameters. Of equal names in one match the first counts.</summary>
internal static class ValueMatches
{
    private const string Exact = "Exact";
    private const string Expression = "RegularExpression";

    /// <summary>Reads conditions on header fields.</summary>
    public static ImmutableArray<HeaderRule> Headers(IReadOnlyList<ValueMatch> matches, ref RouteProblem? problem)
    {
        var rules = ImmutableArray.CreateBuilder<HeaderRule>(matches.Count);
        foreach (var match in matches.DistinctBy(match => match.Name, StringComparer.OrdinalIgnoreCase))
        {
            if (!HeaderName.IsToken(match.Name))
            {
                problem ??= RouteProblem.Unsupported("the name of a header field is not valid");
            }
            else if (IsExpression(match, ref problem) is { } isExpression)
            {
                rules.Add(
                    new HeaderRule(match.Name.ToLowerInvariant(), isExpression ? HeaderTest.Regex : HeaderTest.Exact, match.Value));
            }
        }

        return rules.ToImmutable();
    }

    /// <summary>Reads conditions on query parameters.</summary>
    public static ImmutableArray<QueryRule> Query(IReadOnlyList<ValueMatch> matches, ref RouteProblem? problem)
    {
        var rules = ImmutableArray.CreateBuilder<QueryRule>(matches.Count);
        foreach (var match in matches.DistinctBy(match => match.Name, StringComparer.Ordinal))
        {
            if (IsExpression(match, ref problem) is { } isExpression)
            {
                rules.Add(new QueryRule(match.Name, isExpression ? QueryTest.Regex : QueryTest.Exact, match.Value));
            }
        }

        return rules.ToImmutable();
    }

    /// <summary>Checks an expression; false with a problem if it is not supported.</summary>
    public static bool Check(string expression, ref RouteProblem? problem)
    {
        if (RegexText.TryCompile(expression, ignoreCase: false, out _, out var error))
        {
            return true;
        }

        problem ??= RouteProblem.Unsupported($"the regular expression {expression} is not supported ({error})");
        return false;
    }

    private static bool? IsExpression(ValueMatch match, ref RouteProblem? problem)
    {
        switch (match.Type)
        {
            case Exact:
                return false;
            case Expression when Check(match.Value, ref problem):
                return true;
            case Expression:
                return null;
            default:
                problem ??= RouteProblem.Unsupported($"the match type {match.Type} of {match.Name} is not supported");
                return null;
        }
    }
}
