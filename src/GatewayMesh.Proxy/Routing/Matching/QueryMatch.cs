using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Proxy.Routing.Matching;

/// <summary>
/// A compiled <see cref="QueryRule"/>. Names and values are compared decoded (RFC 3986 §2.1; a plus sign stays one), so that no spelling gets round a rule; of several
/// parameters of one name the first counts, and one without <c>=</c> has the value nothing, as in Envoy.
/// </summary>
internal sealed class QueryMatch
{
    private readonly QueryRule _rule;
    private readonly Regex? _regex;

    /// <exception cref="ArgumentException">Its expression is none; entries that were bound have good ones.</exception>
    public QueryMatch(QueryRule rule)
    {
        _rule = rule;
        _regex = rule.Test != QueryTest.Regex ? null
            : RegexText.TryCompile(rule.Value, ignoreCase: false, out var regex, out var error) ? regex : throw new ArgumentException(error, nameof(rule));
    }

    /// <summary>Whether the query (without its question mark) passes.</summary>
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

    // Escapes are bytes of UTF-8; what is not valid UTF-8 equals nothing that an entry can say.
    private static ReadOnlySpan<char> Decoded(ReadOnlySpan<char> text) => text.Contains('%') ? PercentEncoding.Decode(text.ToString()) : text;
}
