using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Matching;

/// <summary>A compiled <see cref="HeaderRule"/>.</summary>
public sealed class HeaderMatch
{
    private readonly HeaderRule _rule;
    private readonly StringComparison _comparison;
    private readonly Regex? _regex;

    /// <summary>Compiles <paramref name="rule"/>.</summary>
    /// <exception cref="ArgumentException">Its expression is none; entries that were bound have good ones.</exception>
    public HeaderMatch(HeaderRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _rule = rule;
        _comparison = rule.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _regex = rule.Test != HeaderTest.Regex ? null
            : RegexText.TryCompile(rule.Value, rule.IgnoreCase, out var regex, out var error) ? regex : throw new ArgumentException(error, nameof(rule));
    }

    /// <summary>Whether the request passes. A field that is not there passes <c>Present</c> turned round and nothing else (Envoy, <c>HeaderMatcher</c>).</summary>
    public bool Matches(IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var value = request.Field(_rule.Name);
        return value is null
            ? _rule is { Test: HeaderTest.Present, Invert: true }
            : Passes(value) != _rule.Invert;
    }

    private bool Passes(string value) => _rule.Test switch
    {
        HeaderTest.Present => true,
        HeaderTest.Exact => value.Equals(_rule.Value, _comparison),
        HeaderTest.Prefix => value.StartsWith(_rule.Value, _comparison),
        HeaderTest.Suffix => value.EndsWith(_rule.Value, _comparison),
        HeaderTest.Contains => value.Contains(_rule.Value, _comparison),
        _ => _regex!.IsMatch(value),
    };
}
