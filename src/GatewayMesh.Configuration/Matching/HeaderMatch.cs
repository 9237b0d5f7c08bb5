using System.Text;
using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Paths;

namespace GatewayMesh.Configuration.Matching;

/// <summary>
/// A compiled <see cref="HeaderRule"/>. Applications read several lines of a field differently: as one list, the first, the last, or any
/// line; and some treat <c>x_team</c> as <c>x-team</c>. The rule is therefore evaluated in three ways:
/// <code>
///              over                                                 used by
/// Matches      the lines of this exact name as one list             routes: Consul's semantics
/// May          any reading: lists, lines, members of lists, twins   permissions that deny
/// Surely       every reading: lists, lines, twins                   permissions that allow
/// </code>
/// Members are not readings of <c>Surely</c>, since a single line may contain commas of its own (<c>user-agent</c>).
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
    /// <exception cref="ArgumentException">The rule's expression is invalid; bound entries have valid expressions.</exception>
    public HeaderMatch(HeaderRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        _rule = rule;
        _comparison = rule.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _regex = rule.Test != HeaderTest.Regex ? null
            : RegexText.TryCompile(rule.Value, rule.IgnoreCase, out var regex, out var error)
                ? regex
                : throw new ArgumentException(error, nameof(rule));
        // crumbs of HTTP/2: RFC 9113 §8.2.3
        (_separator, _joint) = rule.Name.Equals(Cookie, StringComparison.OrdinalIgnoreCase) ? (';', "; ") : (',', ",");
    }

    /// <summary>
    /// True if the lines of this name, joined by commas, pass. An absent field passes only an inverted <c>Present</c> (Envoy,
    /// <c>HeaderMatcher</c>).
    /// </summary>
    public bool Matches(IRequestFacts request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var lines = request.Field(_rule.Name);
        return lines.Count == 0
            ? _rule is { Test: HeaderTest.Present, Invert: true }
            : Passes(List(lines)) != _rule.Invert;
    }

    /// <summary>True if any reading of the field passes.</summary>
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

    /// <summary>True if every reading of the field passes.</summary>
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

        return AnyPasses([.. own.ToList()])
            || (twins.Count > 0
                && (AnyPasses([.. twins.ToList()])
                    || AnyPasses([.. own.ToList(), .. twins.ToList()])
                    || AnyPasses([.. twins.ToList(), .. own.ToList()])));
    }

    // An intermediary may have joined lines with or without a space, so each list is tested in both spellings.
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

    // Also as raw bytes: not every application decodes the field as UTF-8.
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

    // The bytes of a field arrive as characters of the same value; a rule is UTF-8.
    private static string Text(string value) => Ascii.IsValid(value) ? value : PercentEncoding.TextOfBytes(value);
}
