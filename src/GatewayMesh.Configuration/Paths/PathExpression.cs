using System.Text;
using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Matching;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// An expression of a rule about paths. It is asked of decoded text, so its escapes (<c>%20</c>) are decoded too, <c>.</c> stands for every character (a newline
/// and one outside the basic plane included), and the form in which Consul's proxies see the path, which is written with escapes, may be asked besides.
/// </summary>
public sealed class PathExpression
{
    private readonly Regex _written;
    private readonly Regex[] _decoded;

    /// <summary>Compiles <paramref name="pattern"/>.</summary>
    /// <exception cref="ArgumentException">It is no expression; entries that were bound have good ones.</exception>
    public PathExpression(string pattern, bool ignoreCase)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        _written = RegexText.TryCompilePath(pattern, ignoreCase, out var written, out var error) ? written : throw new ArgumentException(error, nameof(pattern));
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

    /// <summary>True if all readers read the expression alike: it has no escapes.</summary>
    public bool IsUniform { get; }

    /// <summary>True if it speaks of <c>;</c>, so that it means paths with their parameters.</summary>
    public bool NamesParameters { get; }

    /// <summary>True if the path of a route, <see cref="RoutePath"/>, matches.</summary>
    public bool MatchesRoute(ReadOnlySpan<char> path) => MatchesDecoded(path, PathDecoding.Apart);

    /// <summary>True if decoded text matches.</summary>
    internal bool MatchesDecoded(ReadOnlySpan<char> text, PathDecoding decoding) => _decoded[(int)decoding].IsMatch(text);

    /// <summary>True if a path as it is written matches, its escapes and those of the expression standing for themselves: Consul's meaning.</summary>
    public bool MatchesWritten(ReadOnlySpan<char> path) => _written.IsMatch(path);

    // Escapes outside of classes become the characters that they stand for, quoted. A class that names % keeps meaning its characters.
    private static string Decode(string pattern, PathDecoding decoding)
    {
        var rounds = decoding switch { PathDecoding.Apart or PathDecoding.Once => 1, PathDecoding.Twice => 2, _ => PercentEncoding.MostRounds };
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

    // A percent sign stays bare, so that the next round finds the escapes that it begins. It has no meaning of its own in expressions.
    private static void Quote(StringBuilder text, string characters)
    {
        foreach (var c in characters)
        {
            _ = char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) && c is > ' ' and not '%' and not '\x7f' ? text.Append('\\').Append(c) : text.Append(c);
        }
    }
}
