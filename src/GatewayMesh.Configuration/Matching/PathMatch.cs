using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Matching;

/// <summary>A compiled <see cref="PathRule"/>.</summary>
internal sealed class PathMatch
{
    private readonly PathTest _test;
    private readonly string _value;
    private readonly Regex? _regex;

    /// <exception cref="ArgumentException">Its expression is none; entries that were bound have good ones.</exception>
    public PathMatch(PathRule rule)
    {
        _test = rule.Test;

        // A request's path is compared in this form, so the rule is brought to it too.
        _value = PercentEncoding.Normalize(rule.Value);
        _regex = rule.Test != PathTest.Regex ? null
            : RegexText.TryCompile(rule.Value, ignoreCase: false, out var regex, out var error) ? regex : throw new ArgumentException(error, nameof(rule));
    }

    /// <summary>Whether <paramref name="path"/> passes.</summary>
    public bool Matches(string path) => _test switch
    {
        PathTest.Exact => path == _value,
        PathTest.Prefix => path.StartsWith(_value, StringComparison.Ordinal),
        _ => _regex!.IsMatch(path),
    };
}
