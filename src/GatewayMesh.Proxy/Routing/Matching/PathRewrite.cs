using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Proxy.Routing.Matching;

/// <summary>
/// What a rule makes of the paths that it matches (Consul: <c>PrefixRewrite</c>; Envoy: <c>prefix_rewrite</c>): the matched path or prefix is replaced, letter by letter, and what stands behind stays byte for byte, so that
/// <c>/api</c> → <c>/</c> makes <c>//x</c> of <c>/api/x</c>, as in Envoy; say <c>/api/</c> → <c>/</c> to have <c>/x</c>. The query stays.
/// </summary>
internal sealed class PathRewrite
{
    private readonly bool _whole;
    private readonly string _from;
    private readonly string _to;

    /// <param name="matched">The rule's path, exact or a prefix.</param>
    /// <param name="to">What stands in its place.</param>
    public PathRewrite(PathRule matched, string to)
    {
        _whole = matched.Test == PathTest.Exact;
        _from = RoutePath.OfRule(matched.Value);
        _to = Visible(to.StartsWith('/') ? to : "/" + to); // or it would end up in the host
    }

    /// <summary>What stands in the place of the matched path.</summary>
    public string To => _to;

    /// <summary>The target as it goes on, of one that the rule matches.</summary>
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

    // What cannot stand on a request line is escaped (RFC 9112 §3), or an entry could write lines of its own.
    private static string Visible(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~')
        ? text
        : string.Concat(text.EnumerateRunes().Select(static rune => rune.Value is >= '!' and <= '~' ? rune.ToString() : Uri.EscapeDataString(rune.ToString())));
}
