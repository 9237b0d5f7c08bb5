using System.Text;
using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// An expression in a rule about paths. The expression is matched against decoded text, so its own escapes (<c>%20</c>) are decoded too,
/// and <c>.</c> matches every character (including a newline and characters outside the basic plane). It can also be matched against the
/// escaped form that Consul's proxies see.
/// </summary>
public sealed class PathExpression
{
    private readonly Regex _written;
    private readonly Regex[] _decoded;

    /// <summary>Compiles <paramref name="pattern"/>.</summary>
    /// <exception cref="ArgumentException">The expression is invalid; bound entries have valid expressions.</exception>
    public PathExpression(string pattern, bool ignoreCase)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        _written = RegexText.TryCompilePath(pattern, ignoreCase, out var written, out var error)
            ? written
            : throw new ArgumentException(error, nameof(pattern));
        NamesParameters = pattern.Contains(';', StringComparison.Ordinal) || pattern.Contains("%3b", StringComparison.OrdinalIgnoreCase);
        var known = new Dictionary<string, Regex>(StringComparer.Ordinal) { [pattern] = _written };
        _decoded = [.. Enum.GetValues<PathDecoding>().Select(decoding =>
        {
            var text = Decode(pattern, decoding);
            if (!known.TryGetValue(text, out var regex))
            {
                known[text] = regex = RegexText.TryCompilePath(text, ignoreCase, out var compiled, out _) ? compiled : _written;
            }

            return regex;
        })];
        IsUniform = known.Count == 1;
    }

    /// <summary>True if all readers read the expression alike, because it has no escapes.</summary>
    public bool IsUniform { get; }

    /// <summary>True if the expression contains <c>;</c> and so refers to paths with parameters.</summary>
    public bool NamesParameters { get; }

    /// <summary>True if the path of a route (<see cref="RoutePath"/>) matches.</summary>
    public bool MatchesRoute(ReadOnlySpan<char> path) => MatchesDecoded(path, PathDecoding.Apart);

    /// <summary>True if the decoded text matches.</summary>
    internal bool MatchesDecoded(ReadOnlySpan<char> text, PathDecoding decoding) => _decoded[(int)decoding].IsMatch(text);

    /// <summary>True if the raw path matches, with the escapes of path and expression taken literally: Consul's semantics.</summary>
    public bool MatchesWritten(ReadOnlySpan<char> path) => _written.IsMatch(path);

    // Escapes outside classes become quoted characters. A class that contains % keeps its literal meaning.
    private static string Decode(string pattern, PathDecoding decoding)
    {
        var rounds = decoding switch
        {
            PathDecoding.Apart or PathDecoding.Once => 1,
            PathDecoding.Twice => 2,
            _ => PercentEncoding.MaxRounds,
        };
        for (var round = 0; round < rounds && pattern.Contains('%', StringComparison.Ordinal); round++)
        {
            var decoded = DecodeOnce(pattern, decoding == PathDecoding.Apart);
            if (decoded == pattern)
            {
                break;
            }

            pattern = decoded;
        }

        return pattern;
    }

    private static string DecodeOnce(string pattern, bool apart)
    {
        var text = new StringBuilder(pattern.Length);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var end = i;
            while (!inClass && PercentEncoding.TryDecode(pattern, end, out _))
            {
                end += 3;
            }

            if (end > i)
            {
                var run = pattern[i..end];
                Quote(text, apart ? PercentEncoding.DecodeApart(run) : PercentEncoding.Decode(run));
                i = end - 1;
                continue;
            }

            text.Append(pattern[i]);
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                text.Append(pattern[++i]);
            }
            else if (!inClass && pattern[i] == '[')
            {
                inClass = true;
                i += Copy(pattern, i + 1, '^', text);
                i += Copy(pattern, i + 1, ']', text);
            }
            else if (pattern[i] == ']')
            {
                inClass = false;
            }
        }

        return text.ToString();
    }

    private static int Copy(string pattern, int at, char c, StringBuilder text)
    {
        if (at >= pattern.Length || pattern[at] != c)
        {
            return 0;
        }

        text.Append(c);
        return 1;
    }

    // A percent sign stays bare, so that the next round finds the escapes that it starts. It has no special meaning in expressions.
    private static void Quote(StringBuilder text, string characters)
    {
        foreach (var c in characters)
        {
            _ = char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) && c is > ' ' and not '%' and not '\x7f'
                ? text.Append('\\').Append(c)
                : text.Append(c);
        }
    }
}
