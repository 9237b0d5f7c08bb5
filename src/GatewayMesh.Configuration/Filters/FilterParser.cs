using System.Collections.Immutable;
using System.Globalization;

namespace GatewayMesh.Configuration.Filters;

/// <summary>
/// Reads a filter as go-bexpr's grammar does: ordered choices that go back when they fail.
/// <code>
/// or    ← and _ "or" _ or | and            not   ← "not" _ not | group         group ← "(" _? or _? ")" | match
/// and   ← not _ "and" _ and | not          match ← selector op value | selector is (not) empty | value (not) in selector
/// </code>
/// </summary>
internal sealed class FilterParser(string text)
{
    // A filter is a hand-written line; deeper nesting is refused.
    private const int Deepest = 64;

    private int _at;
    private int _depth;
    private int _furthest;
    private string? _refused;

    /// <summary>Reason why the text is not a filter.</summary>
    public string Error =>
        _refused
            ?? (
                _furthest >= text.Length
                    ? "unexpected end"
                    : string.Create(CultureInfo.InvariantCulture, $"syntax error at character {_furthest + 1}"));

    /// <summary>True if the text is a filter except for selectors that only Consul knows.</summary>
    public bool LeavesToConsul { get; private set; }

    /// <summary>The parsed filter; null when the text is not a filter.</summary>
    public FilterTerm? Run()
    {
        _ = Space();
        var term = Or();
        _ = Space();
        if (term is null || _at < text.Length)
        {
            LeavesToConsul = false;
            return null;
        }

        return _refused is null ? term : null;
    }

    private FilterTerm? Or() => Chain(And, "or", Or, (left, right) => new FilterEither(left, right));

    private FilterTerm? And() => Chain(Not, "and", And, (left, right) => new FilterBoth(left, right));

    private FilterTerm? Chain(Func<FilterTerm?> first, string word, Func<FilterTerm?> rest, Func<FilterTerm, FilterTerm, FilterTerm> join)
    {
        if (first() is not { } left)
        {
            return null;
        }

        var after = _at;
        if (Word(word) && rest() is { } right)
        {
            return join(left, right);
        }

        _at = after;
        return left;
    }

    // "_ WORD _": with white space on both sides.
    private bool Word(string word) => Space() && Literal(word) && Space();

    private FilterTerm? Not()
    {
        var start = _at;
        if (Literal("not") && Space() && Deeper(Not) is { } term)
        {
            return new FilterNot(term);
        }

        _at = start;
        return Group();
    }

    private FilterTerm? Group()
    {
        var start = _at;
        if (Literal("("))
        {
            _ = Space();
            if (Deeper(Or) is { } term && (Space() || true) && Literal(")"))
            {
                return term;
            }

            _at = start;
            return null;
        }

        return Match();
    }

    private FilterTerm? Deeper(Func<FilterTerm?> read)
    {
        if (++_depth > Deepest)
        {
            _refused ??= "nested too deeply";
            return null;
        }

        var term = read();
        _depth--;
        return term;
    }

    private FilterTest? Match()
    {
        var start = _at;
        if (Selector() is { } selector)
        {
            var after = _at;
            if (Operator() is { } op && Value() is { } value)
            {
                return Test(selector, op, value);
            }

            _at = after;
            if (Space() && Literal("is") && Space())
            {
                var not = _at;
                if (Literal("not") && Space() && Literal("empty"))
                {
                    return Test(selector, FilterOperator.IsNotEmpty, "");
                }

                _at = not;
                if (Literal("empty"))
                {
                    return Test(selector, FilterOperator.IsEmpty, "");
                }
            }
        }

        _at = start;
        if (Value() is { } sought && Membership() is { } membership && Selector() is { } container)
        {
            return Test(container, membership, sought);
        }

        _at = start;
        return null;
    }

    private FilterOperator? Operator()
    {
        var start = _at;
        foreach (var (sign, op) in (ReadOnlySpan<(string, FilterOperator)>)[("==", FilterOperator.Equal), ("!=", FilterOperator.NotEqual)])
        {
            _ = Space();
            if (Literal(sign))
            {
                _ = Space();
                return op;
            }

            _at = start;
        }

        var not = Word("not");
        _at = not ? _at : start;
        foreach (
            var (word, op, turned) in (ReadOnlySpan<(string, FilterOperator, FilterOperator)>)[
                ("contains", FilterOperator.In, FilterOperator.NotIn), ("matches", FilterOperator.Matches, FilterOperator.NotMatches)])
        {
            var here = _at;
            if ((not || Space()) && Literal(word) && Space())
            {
                return not ? turned : op;
            }

            _at = here;
        }

        _at = start;
        return null;
    }

    private FilterOperator? Membership()
    {
        var start = _at;
        if (Word("in"))
        {
            return FilterOperator.In;
        }

        _at = start;
        if (Word("not") && Literal("in") && Space())
        {
            return FilterOperator.NotIn;
        }

        _at = start;
        return null;
    }

    private ImmutableArray<string>? Selector()
    {
        if (Identifier() is not { } first)
        {
            return null;
        }

        var path = ImmutableArray.CreateBuilder<string>();
        path.Add(first);
        for (var after = _at; ; after = _at)
        {
            var next = Literal(".") ? Identifier() : Index();
            if (next is null)
            {
                _at = after;
                return path.ToImmutable();
            }

            path.Add(next);
        }
    }

    private string? Index()
    {
        if (!Literal("["))
        {
            return null;
        }

        _ = Space();
        var key = StringLiteral();
        _ = Space();
        return Literal("]") ? key : null;
    }

    private string? Identifier()
    {
        var end = _at;
        while (end < text.Length && (char.IsAsciiLetter(text[end]) || (end > _at && (char.IsAsciiDigit(text[end]) || text[end] == '_'))))
        {
            end++;
        }

        return end > _at ? Take(end) : null;
    }

    // A bare word is also a value, with or without dots.
    private string? Value() => Selector() is { } words ? string.Join('.', words) : Number() ?? StringLiteral();

    private string? Number()
    {
        var end = _at < text.Length && text[_at] == '-' ? _at + 1 : _at;
        var digits = Digits(end);
        if (digits == end || (text[end] == '0' && digits > end + 1))
        {
            return null;
        }

        end = digits;
        if (end < text.Length && text[end] == '.' && Digits(end + 1) is var fraction && fraction > end + 1)
        {
            end = fraction;
        }

        return end == text.Length || IsSpace(text[end]) || text[end] == ')' ? Take(end) : null;
    }

    private int Digits(int from)
    {
        while (from < text.Length && char.IsAsciiDigit(text[from]))
        {
            from++;
        }

        return from;
    }

    private string? StringLiteral()
    {
        if (_at >= text.Length || text[_at] is not ('"' or '`'))
        {
            return null;
        }

        var end = text.IndexOf(text[_at], _at + 1);
        if (end < 0)
        {
            _furthest = text.Length;
            return null;
        }

        var (quote, inside) = (text[_at], text[(_at + 1)..end]);
        _ = Take(end + 1);
        if (quote == '`')
        {
            return inside.Replace("\r", "", StringComparison.Ordinal);
        }

        if (GoString.Unquote(inside) is not { } unquoted)
        {
            _refused ??= "invalid escape in a quoted text";
            return "";
        }

        return unquoted;
    }

    private FilterTest? Test(ImmutableArray<string> path, FilterOperator op, string value)
    {
        var test = FilterTests.Of(path, op, value, out var error, out var ofConsul);
        if (test is null)
        {
            LeavesToConsul |= ofConsul && _refused is null;
            LeavesToConsul &= ofConsul;
            _refused ??= error;

            // Continue parsing: the rest must be a filter too. This placeholder is never evaluated.
            return FilterTests.Placeholder;
        }

        return test;
    }

    private bool Literal(string literal)
    {
        if (string.CompareOrdinal(text, _at, literal, 0, literal.Length) != 0)
        {
            return false;
        }

        _ = Take(_at + literal.Length);
        return true;
    }

    private bool Space()
    {
        var end = _at;
        while (end < text.Length && IsSpace(text[end]))
        {
            end++;
        }

        return end > _at && Take(end) is not null;
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';

    private string Take(int end)
    {
        var taken = text[_at..end];
        _at = end;
        _furthest = Math.Max(_furthest, end);
        return taken;
    }
}
