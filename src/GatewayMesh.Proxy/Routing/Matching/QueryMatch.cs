using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Proxy.Routing.Matching;

/// <summary>
/// A compiled <see cref="QueryRule"/>. Names and values are compared decoded (RFC 3986 §2.1; a plus sign stays a plus sign), so that no
/// spelling evades a rule. Of several parameters with the same name the first counts, and a parameter without <c>=</c> has an empty value,
/// as in Envoy.
/// </summary>
internal sealed class QueryMatch
{
    private readonly QueryRule _rule;
    private readonly Regex? _regex;

    /// <exception cref="ArgumentException">The expression is invalid. Bound entries have valid expressions.</exception>
    public QueryMatch(QueryRule rule)
    {
        _rule = rule;
        _regex = rule.Test != QueryTest.Regex ? null
            : RegexText.TryCompile(rule.Value, ignoreCase: false, out var regex, out var error)
                ? regex
                : throw new ArgumentException(error, nameof(rule));
    }

    /// <summary>True if the query (without its question mark) passes.</summary>
    public bool Matches(ReadOnlySpan<char> query)
    {
        while (!query.IsEmpty)
        {
            var end = query.IndexOf('&');
            var pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            var equals = pair.IndexOf('=');
            if (Decoded(equals < 0 ? pair : pair[..equals]).SequenceEqual(_rule.Name))
            {
                return Passes(Decoded(equals < 0 ? default : pair[(equals + 1)..]));
            }
        }

        return false;
    }

    private bool Passes(ReadOnlySpan<char> value) => _rule.Test switch
    {
        QueryTest.Present => true,
        QueryTest.Exact => value.SequenceEqual(_rule.Value),
        _ => _regex!.IsMatch(value),
    };

    // Escapes are UTF-8 bytes; invalid UTF-8 equals no value that an entry can contain.
    private static ReadOnlySpan<char> Decoded(ReadOnlySpan<char> text) =>
        text.Contains('%') ? PercentEncoding.Decode(text.ToString()) : text;
}
