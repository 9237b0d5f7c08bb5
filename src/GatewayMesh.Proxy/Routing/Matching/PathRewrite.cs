using GatewayMesh.Configuration.Entries;
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

        return string.Concat(_to, RoutePath.Behind(pathAndQuery[..end], _from), rest);
    }

    // Characters that are invalid on a request line are escaped (RFC 9112 §3); otherwise an entry could inject lines.
    private static string Visible(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~')
        ? text
        : string.Concat(
            text.EnumerateRunes().Select(
                static rune => rune.Value is >= '!' and <= '~' ? rune.ToString() : Uri.EscapeDataString(rune.ToString())));
}
