using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Proxy.Routing.Matching;

/// <summary>Conditions of rules as text for <c>explain</c>.</summary>
internal static class RuleText
{
    /// <summary>Returns all conditions of a match; <c>everything</c> if there are none.</summary>
    public static string Of(RouteMatch match)
    {
        List<string> conditions = [];
        if (match.Path is not null)
        {
            conditions.Add(OfPath(match));
        }

        if (!match.Methods.IsEmpty)
        {
            conditions.Add(OfMethods(match.Methods));
        }

        conditions.AddRange(match.Headers.Select(Of));
        conditions.AddRange(match.Query.Select(Of));
        return conditions.Count == 0 ? "everything" : string.Join(", ", conditions);
    }

    /// <summary>Returns the condition on the path.</summary>
    public static string OfPath(RouteMatch match)
    {
        var test = match.Path!.Test switch
        {
            PathTest.Exact => "is",
            PathTest.Prefix => match.BySegments ? "is or is below" : "begins with",
            _ => "matches",
        };
        return $"path {test} {match.Path.Value}{(match.CaseInsensitive ? " in any case" : "")}";
    }

    /// <summary>Returns the condition on the method.</summary>
    public static string OfMethods(ImmutableArray<string> methods) => $"method is {string.Join(" or ", methods)}";

    /// <summary>Returns the condition on a header field.</summary>
    public static string Of(HeaderRule header) => (header.Test, header.Invert) switch
    {
        (HeaderTest.Present, false) => $"header {header.Name} is present",
        (HeaderTest.Present, true) => $"header {header.Name} is absent",
        (HeaderTest.Exact, var not) => $"header {header.Name} is {(not ? "present and not " : "")}{header.Value}",
        (HeaderTest.Prefix, var not) => $"header {header.Name} {(not ? "is present and does not begin" : "begins")} with {header.Value}",
        (HeaderTest.Suffix, var not) => $"header {header.Name} {(not ? "is present and does not end" : "ends")} with {header.Value}",
        (HeaderTest.Contains, var not) => $"header {header.Name} {(not ? "is present and does not contain" : "contains")} {header.Value}",
        (_, var not) => $"header {header.Name} {(not ? "is present and does not match" : "matches")} {header.Value}",
    };

    /// <summary>Returns the condition on a query parameter.</summary>
    public static string Of(QueryRule query) => query.Test switch
    {
        QueryTest.Present => $"query has {query.Name}",
        QueryTest.Exact => $"query {query.Name} is {query.Value}",
        _ => $"query {query.Name} matches {query.Value}",
    };
}
