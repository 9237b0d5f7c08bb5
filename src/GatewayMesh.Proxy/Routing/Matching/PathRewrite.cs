using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Proxy.Routing.Matching;

/// <summary>
/// Rewrites the paths that a rule matches (Consul: <c>PrefixRewrite</c>; Envoy: <c>prefix_rewrite</c>). The matched path or prefix is
/// replaced literally and the rest stays byte for byte, so <c>/api</c> → <c>/</c> turns <c>/api/x</c> into <c>//x</c>, as in Envoy;
/// <c>/api/</c> → <c>/</c> gives <c>/x</c>. The query stays.
/// </summary>
internal sealed class PathRewrite
{
    private readonly bool _whole;
    private readonly bool _bySegments;
    private readonly string _from;
    private readonly string _to;

    /// <param name="matched">Path of the rule, exact or a prefix.</param>
    /// <param name="to">Replacement of the matched path.</param>
    public PathRewrite(PathRule matched, string to)
    {
        _whole = matched.Test == PathTest.Exact;
        _from = RoutePath.OfRule(matched.Value);
        _to = Visible(to.StartsWith('/') ? to : "/" + to); // otherwise it would become part of the host
    }

    private PathRewrite(string from, string to, bool isWhole, bool bySegments) =>
        (_from, _to, _whole, _bySegments) = (from, Visible(to), isWhole, bySegments);

    /// <summary>Returns the rewrite of the Gateway API's path modifier; null for none.</summary>
    /// <param name="change">The modifier.</param>
    /// <param name="matched">Path of the rule.</param>
    public static PathRewrite? Of(PathChange? change, PathRule? matched) =>
        change?.ReplaceFullPath is { } whole ? new PathRewrite("", whole, isWhole: true, bySegments: false)
        : change?.ReplacePrefixMatch is { } prefix && matched is { Test: PathTest.Prefix }
            ? new PathRewrite(RoutePath.OfRule(matched.Value), prefix, isWhole: false, bySegments: true)
        : null;

    /// <summary>Replacement of the matched path.</summary>
    public string To => _to;

    /// <summary>Returns the rewritten target of a request that the rule matches.</summary>
    public string Apply(string pathAndQuery)
    {
        var end = RoutePath.EndOf(pathAndQuery);
        var rest = pathAndQuery.AsSpan(end);
        if (_whole)
        {
            return string.Concat(_to, rest);
        }

        if (_bySegments)
        {
            // /v1 and /v1/ become /v2 or /: one slash between the replacement and what was behind the prefix.
            var behind = RoutePath.Behind(pathAndQuery[..end], _from);
            var slash = _from.EndsWith('/') || _to.Length == 1 || behind is ['/', ..] ? "/" : "";
            return behind.Length == 0 ? string.Concat(_to, rest)
                : string.Concat(_to.AsSpan().TrimEnd('/'), slash, behind.TrimStart('/'), rest);
        }

        return string.Concat(_to, RoutePath.Behind(pathAndQuery[..end], _from), rest);
    }

    // Characters that are invalid on a request line are escaped (RFC 9112 §3); otherwise an entry could inject lines.
    private static string Visible(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~')
        ? text
        : string.Concat(
            text.EnumerateRunes().Select(
                static rune => rune.Value is >= '!' and <= '~' ? rune.ToString() : Uri.EscapeDataString(rune.ToString())));
}
