using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.Routing.Matching;

/// <summary>
/// The one reading of a path by which routes are chosen: that of <see cref="PathNormalization.Canonical"/> (escapes of unreserved characters decoded, dot segments removed,
/// slashes merged), so that no spelling gets round a rule. What is forwarded is the path as it came, unless a rule rewrites it.
/// </summary>
internal static class RoutePath
{
    /// <summary>The path of a request's target; the same characters, without a copy, when it is in this form already.</summary>
    /// <param name="pathAndQuery">The target.</param>
    /// <param name="query">Its query without the question mark; empty when there is none.</param>
    public static ReadOnlySpan<char> Read(string pathAndQuery, out ReadOnlySpan<char> query)
    {
        var end = EndOf(pathAndQuery);
        query = end < pathAndQuery.Length && pathAndQuery[end] == '?' ? WithoutFragment(pathAndQuery.AsSpan(end + 1)) : default;
        var path = pathAndQuery.AsSpan(0, end);
        return IsPlain(path) ? path : PathNormalization.Canonical(path.ToString());
    }

    /// <summary>Where the path ends in a request's target: at its query or fragment.</summary>
    public static int EndOf(string pathAndQuery) => pathAndQuery.AsSpan().IndexOfAny('?', '#') is >= 0 and var end ? end : pathAndQuery.Length;

    /// <summary>The value of a rule for whole paths or prefixes in the same form; its dots stay, since a prefix may end within a segment.</summary>
    public static string OfRule(string value) => PathNormalization.MergeSlashes(PercentEncoding.Normalize(value));

    private static bool IsPlain(ReadOnlySpan<char> path) =>
        path is not ['/', ..] || (!path.Contains('%') && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal));

    private static ReadOnlySpan<char> WithoutFragment(ReadOnlySpan<char> query) => query.IndexOf('#') is >= 0 and var at ? query[..at] : query;
}
