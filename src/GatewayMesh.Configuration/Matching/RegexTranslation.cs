using System.Globalization;
using System.Text;

namespace GatewayMesh.Configuration.Matching;

/// <summary>
/// Translates an RE2 expression to .NET in one pass from left to right, tracking the cost of each group once its repetitions are expanded.
/// </summary>
internal sealed class RegexTranslation(string pattern, bool wholeRunes)
{
    // Approximate number of automaton states.
    private const int MaxStates = 10_000;

    // A character outside the basic plane is two units in .NET and one character in RE2.
    private const string Pair = "[\\ud800-\\udbff][\\udc00-\\udfff]";

    private readonly StringBuilder _text = new(pattern.Length + 16);
    private readonly Stack<long> _outer = new();
    private readonly bool _hasLines = pattern.Contains("(?", StringComparison.Ordinal) && FlagsWithM(pattern);
    private long _cost;
    private long _last;
    private int _at;

    /// <summary>The .NET expression, after <see cref="Run"/> succeeds.</summary>
    public string Text => _text.ToString();

    /// <summary>Reason of a refusal; null on success.</summary>
    public string? Run()
    {
        while (_at < pattern.Length)
        {
            var refused = pattern[_at] switch
            {
                '\\' => Escape(inClass: false),
                '[' => Class(),
                '(' => Open(),
                ')' => Close(),
                '{' => Repeat(),
                '$' => Put(_hasLines ? "$" : @"\z", 0),
                '.' when wholeRunes => Put($"(?:{Pair}|.)", 1),
                '*' or '+' or '?' or '^' or '|' => Put(pattern[_at], 0),
                _ => Put(pattern[_at], 1),
            };
            if (refused is not null)
            {
                return refused;
            }

            if (_cost > MaxStates)
            {
                return "too many repetitions";
            }
        }

        return _outer.Count > 0 ? "unclosed parenthesis" : null;
    }

    private string? Put(char c, int cost) => Put(c.ToString(), cost);

    private string? Put(string text, int cost, int length = 1)
    {
        _text.Append(text);
        _at += length;
        if (cost > 0)
        {
            (_last, _cost) = (cost, _cost + cost);
        }

        return null;
    }

    private string? Escape(bool inClass)
    {
        if (_at + 1 >= pattern.Length)
        {
            return "trailing backslash";
        }

        var c = pattern[_at + 1];
        var cost = inClass ? 0 : 1;
        switch (c)
        {
            case 'd':
                return Put(inClass ? "0-9" : "[0-9]", cost, 2);
            case 'w':
                return Put(inClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]", cost, 2);
            case 's':
                return Put(inClass ? @"\t\n\f\r\x20" : @"[\t\n\f\r\x20]", cost, 2);
            case 'D' when !inClass:
                return Put("[^0-9]", cost, 2);
            case 'W' when !inClass:
                return Put("[^0-9A-Za-z_]", cost, 2);
            case 'S' when !inClass:
                return Put(@"[^\t\n\f\r\x20]", cost, 2);
            case 'A' or 'z' or 'b' or 'B' when !inClass:
                return Put($@"\{c}", 0, 2);
            case '_':
                return Put("_", cost, 2); // RE2 accepts the escape as punctuation, .NET refuses it
            case 'x' when _at + 3 < pattern.Length && char.IsAsciiHexDigit(pattern[_at + 2]) && char.IsAsciiHexDigit(pattern[_at + 3]):
                return Put(pattern.Substring(_at, 4), cost, 4);
            case 'a' or 'f' or 'n' or 'r' or 't' or 'v':
                return Put($@"\{c}", cost, 2);
            default:
                return char.IsAsciiLetterOrDigit(c) || c > '\x7e'
                    ? $@"\{c} is not supported{(inClass ? " in a class" : "")}"
                    : Put($@"\{c}", cost, 2);
        }
    }

    private string? Class()
    {
        var excludes = _at + 1 < pattern.Length && pattern[_at + 1] == '^';
        _text.Append(excludes ? wholeRunes ? $"(?:{Pair}|[^" : "[^" : "[");
        _at += excludes ? 2 : 1;

        for (var first = true; _at < pattern.Length; first = false)
        {
            var c = pattern[_at];
            if (c == ']' && !first)
            {
                return Put(excludes && wholeRunes ? "])" : "]", 1);
            }

            if (c == '[' && _at + 1 < pattern.Length && pattern[_at + 1] == ':')
            {
                return "named classes such as [:alpha:] are not supported: use [A-Za-z]";
            }

            var refused = c == '\\' ? Escape(inClass: true) : c is '[' or ']' ? Put($@"\{c}", 0) : Put(c, 0);
            if (refused is not null)
            {
                return refused;
            }
        }

        return "unclosed class";
    }

    private string? Open()
    {
        var head = "(";
        var length = 1;
        if (_at + 1 < pattern.Length && pattern[_at + 1] == '?')
        {
            var rest = pattern.AsSpan(_at + 2);
            var name = rest.StartsWith("P<", StringComparison.Ordinal)
                ? 2
                : rest.StartsWith("<", StringComparison.Ordinal) && rest.Length > 1 && rest[1] is not ('=' or '!')
                ? 1
                : 0;
            if (name > 0)
            {
                (head, length) = ("(?<", 2 + name);
            }
            else
            {
                var flags = rest.IndexOfAnyExcept("ims-");
                if (flags < 0 || rest[flags] is not (':' or ')') || (rest[flags] == ')' && flags == 0))
                {
                    return "unsupported construct after (?";
                }

                (head, length) = ($"(?{rest[..(flags + 1)]}", flags + 3);
                if (rest[flags] == ')')
                {
                    return Put(head, 0, length);
                }
            }
        }

        _outer.Push(_cost);
        _cost = 0;
        return Put(head, 0, length);
    }

    private string? Close()
    {
        if (_outer.Count == 0)
        {
            return "unopened parenthesis";
        }

        _last = Math.Max(1, _cost);
        _cost = _outer.Pop() + _last;
        return Put(')', 0);
    }

    private string? Repeat()
    {
        var end = pattern.IndexOf('}', _at);
        var parts = end < 0 ? [] : pattern[(_at + 1)..end].Split(',');
        if (parts.Length is 0 or > 2 || !Digits(parts[0]) || (parts.Length == 2 && parts[1].Length > 0 && !Digits(parts[1])))
        {
            return Put(@"\{", 1); // literal in RE2
        }

        var numbers = parts.Where(part => part.Length > 0)
            .Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue)
            .ToList();
        var most = numbers.Max();
        if (most > RegexText.MaxRepeats || (numbers.Count == 2 && numbers[0] > numbers[1]))
        {
            return string.Create(
                CultureInfo.InvariantCulture, $"a repetition count is above {RegexText.MaxRepeats}, or its maximum is below its minimum");
        }

        _cost += _last * Math.Max(0, most - 1L);
        _last *= Math.Max(1, most);
        return Put(pattern[_at..(end + 1)], 0, end + 1 - _at);
    }

    private static bool Digits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    // True if a group sets the flag m, under which $ matches the end of a line.
    private static bool FlagsWithM(string pattern)
    {
        for (
            var at = pattern.IndexOf("(?", StringComparison.Ordinal); at >= 0; at = pattern.IndexOf("(?", at + 2, StringComparison.Ordinal))
        {
            var rest = pattern.AsSpan(at + 2);
            var end = rest.IndexOfAnyExcept("ims-");
            if (end > 0 && rest[..end].Contains('m'))
            {
                return true;
            }
        }

        return false;
    }
}
