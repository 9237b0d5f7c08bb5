using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Proxy.Routing.Matching;

/// <summary>What rules ask, as <c>explain</c> says it.</summary>
internal static class RuleWords
{
    /// <summary>All of a match; <c>everything</c> when it asks nothing.</summary>
    public static string Of(RouteMatch match)
    {
        List<string> words = [];
        if (match.Path is { } path)
        {
            words.Add(Of(path, match.CaseInsensitive));
        }

        if (!match.Methods.IsEmpty)
        {
            words.Add(OfMethods(match.Methods));
        }

        words.AddRange(match.Headers.Select(Of));
        words.AddRange(match.Query.Select(Of));
        return words.Count == 0 ? "everything" : string.Join(", ", words);
    }

    /// <summary>What is asked of the path.</summary>
    public static string Of(PathRule path, bool ignoreCase) => $"path {path.Test switch { PathTest.Exact => "is", PathTest.Prefix => "begins with", _ => "matches" }} {path.Value}{(ignoreCase ? " in any case" : "")}";

    /// <summary>What is asked of the method.</summary>
    public static string OfMethods(ImmutableArray<string> methods) => $"method is {string.Join(" or ", methods)}";

    /// <summary>What is asked of a header field.</summary>
    public static string Of(HeaderRule header) => (header.Test, header.Invert) switch
    {
        (HeaderTest.Present, false) => $"header {header.Name} is there",
        (HeaderTest.Present, true) => $"header {header.Name} is not there",
        (HeaderTest.Exact, var not) => $"header {header.Name} is {(not ? "there and not " : "")}{header.Value}",
        (HeaderTest.Prefix, var not) => $"header {header.Name} {(not ? "is there and does not begin" : "begins")} with {header.Value}",
        (HeaderTest.Suffix, var not) => $"header {header.Name} {(not ? "is there and does not end" : "ends")} with {header.Value}",
        (HeaderTest.Contains, var not) => $"header {header.Name} {(not ? "is there and does not contain" : "contains")} {header.Value}",
        (_, var not) => $"header {header.Name} {(not ? "is there and does not match" : "matches")} {header.Value}",
    };

    /// <summary>What is asked of a parameter of the query.</summary>
    public static string Of(QueryRule query) => query.Test switch
    {
        QueryTest.Present => $"query has {query.Name}",
        QueryTest.Exact => $"query {query.Name} is {query.Value}",
        _ => $"query {query.Name} matches {query.Value}",
    };
}
