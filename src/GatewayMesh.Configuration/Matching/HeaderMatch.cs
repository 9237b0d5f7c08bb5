using System.Text;
using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Configuration.Matching;

/// <summary>
/// A compiled <see cref="HeaderRule"/>. What an application makes of several lines of a field differs: one list, the first, the last, any; and some take
/// <c>x_team</c> for <c>x-team</c>. So the rule is asked in three ways:
/// <code>
///              of                                                   by
/// Matches      the lines of this very name as one list              routes: Consul's meaning
/// May          any reading: lists, lines, members of lists, twins   permissions that deny
/// Surely       every reading: lists, lines, twins                   permissions that allow
/// </code>
/// Members are no readings of <c>Surely</c>, since a single line may hold commas of its own (<c>user-agent</c>).
/// </summary>
public sealed class HeaderMatch
{
    private const string Cookie = "cookie";

    private readonly HeaderRule _rule;
    private readonly StringComparison _comparison;
    private readonly Regex? _regex;
    private readonly char _separator;
    private readonly string _joint;

    /// <summary>Compiles <paramref name="rule"/>.</summary>
    /// <exception cref="ArgumentException">Its expression is none; entries that were bound have good ones.</exception>
    public HeaderMatch(HeaderRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _rule = rule;
        _comparison = rule.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _regex = rule.Test != HeaderTest.Regex ? null
            : RegexText.TryCompile(rule.Value, rule.IgnoreCase, out var regex, out var error) ? regex : throw new ArgumentException(error, nameof(rule));
        (_separator, _joint) = rule.Name.Equals(Cookie, StringComparison.OrdinalIgnoreCase) ? (';', "; ") : (',', ","); // crumbs of HTTP/2: RFC 9113 §8.2.3
    }

    /// <summary>True if the lines of this name, joined by commas, pass. A field that is not there passes <c>Present</c> turned round and nothing else (Envoy, <c>HeaderMatcher</c>).</summary>
    public bool Matches(IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var lines = request.Field(_rule.Name);
        return lines.Count == 0
            ? _rule is { Test: HeaderTest.Present, Invert: true }
            : Passes(List(lines)) != _rule.Invert;
    }

    /// <summary>True if any way of reading the field passes.</summary>
    public bool May(IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (own, twins) = (request.Field(_rule.Name), request.Twins(_rule.Name));
        return _rule switch
        {
            { Test: HeaderTest.Present, Invert: true } => own.Count == 0,
            { Test: HeaderTest.Present } => own.Count + twins.Count > 0,
            { Invert: true } => own.Count + twins.Count > 0 && !EachPasses(own, twins),
            _ => AnyPasses(own, twins),
        };
    }

    /// <summary>True if every way of reading the field passes.</summary>
    public bool Surely(IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (own, twins) = (request.Field(_rule.Name), request.Twins(_rule.Name));
        return _rule switch
        {
            { Test: HeaderTest.Present, Invert: true } => own.Count + twins.Count == 0,
            { Test: HeaderTest.Present } => own.Count > 0,
            { Invert: true } => own.Count > 0 && !AnyPasses(own, twins),
            _ => own.Count > 0 && EachPasses(own, twins),
        };
    }

    private bool EachPasses(FieldLines own, FieldLines twins) =>
        LinesPass(own) && LinesPass(twins)
        && (own.Count < 2 || Passes(List(own)))
        && (twins.Count < 2 || Passes(List(twins)))
        && (own.Count == 0 || twins.Count == 0 || Passes(string.Join(_joint, List(own), List(twins))));

    private bool LinesPass(FieldLines lines)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            if (!Passes(lines[i]))
            {
                return false;
            }
        }

        return true;
    }

    private bool AnyPasses(FieldLines own, FieldLines twins)
    {
        if (own.Count == 1 && twins.Count == 0 && !own[0].Contains(_separator, StringComparison.Ordinal))
        {
            return PassesAnyhow(own[0]);
        }

        return AnyPasses([.. own.ToList()]) || (twins.Count > 0 && (AnyPasses([.. twins.ToList()]) || AnyPasses([.. own.ToList(), .. twins.ToList()]) || AnyPasses([.. twins.ToList(), .. own.ToList()])));
    }

    // A proxy on the way may have joined lines with or without a blank, so each list is looked at in both spellings.
    private bool AnyPasses(string[] lines)
    {
        if (lines.Length == 0)
        {
            return false;
        }

        string[] members = [.. lines.SelectMany(line => line.Split(_separator, StringSplitOptions.TrimEntries))];
        return PassesAnyhow(string.Join(_joint, lines))
            || PassesAnyhow(string.Join(_separator, members))
            || PassesAnyhow(string.Join($"{_separator} ", members))
            || lines.Any(PassesAnyhow)
            || members.Any(PassesAnyhow);
    }

    private string List(FieldLines lines) => lines.Count == 1 ? lines[0] : string.Join(_joint, lines.ToList());

    private bool Passes(string value) => PassesAs(Text(value));

    // As the bytes that arrived, too: not every application takes them for UTF-8.
    private bool PassesAnyhow(string value) => PassesAs(value) || (!Ascii.IsValid(value) && PassesAs(Text(value)));

    private bool PassesAs(string text) => _rule.Test switch
    {
        HeaderTest.Present => true,
        HeaderTest.Exact => text.Equals(_rule.Value, _comparison),
        HeaderTest.Prefix => text.StartsWith(_rule.Value, _comparison),
        HeaderTest.Suffix => text.EndsWith(_rule.Value, _comparison),
        HeaderTest.Contains => text.Contains(_rule.Value, _comparison),
        _ => _regex!.IsMatch(text),
    };

    // The bytes of a field arrive as characters of the same number; a rule is UTF-8.
    private static string Text(string value) => Ascii.IsValid(value) ? value : PercentEncoding.TextOfBytes(value);
}
