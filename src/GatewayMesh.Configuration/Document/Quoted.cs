using System.Globalization;
using System.Text;

namespace GatewayMesh.Configuration.Document;

/// <summary>Foreign text made fit for one line of a message.</summary>
internal static class Quoted
{
    private const int Longest = 80;

    /// <summary><c>'text'</c>, shortened, without control characters.</summary>
    public static string Of(string text) => $"'{OneLine(text.Length > Longest ? text[..Longest] + "…" : text)}'";

    /// <summary>The text with control characters and line separators written as escapes.</summary>
    public static string OneLine(string text)
    {
        if (!text.Any(Breaks))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = Breaks(c) ? line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : line.Append(c);
        }

        return line.ToString();
    }

    // A terminal obeys control characters and bidirectional marks; an error line must not carry a stranger's.
    private static bool Breaks(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') || char.IsSurrogate(c);
}
