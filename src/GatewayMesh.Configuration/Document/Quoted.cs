using System.Text;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Document;

/// <summary>Makes untrusted text safe for one line of a message.</summary>
internal static class Quoted
{
    private const int Longest = 80;

    /// <summary><c>'text'</c>, shortened, without control characters.</summary>
    public static string Of(string text) => $"'{OneLine(text.Length > Longest ? text[..Longest] + "…" : text)}'";

    /// <summary>Escapes control characters and line separators.</summary>
    public static string OneLine(string text)
    {
        if (!text.Any(Breaks))
        {
            return text;
        }

        var line = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            if (Breaks(c))
            {
                SafeText.AppendEscape(line, c);
            }
            else
            {
                line.Append(c);
            }
        }

        return line.ToString();
    }

    // A terminal obeys control characters and bidirectional marks; an error line must not contain any from untrusted input.
    private static bool Breaks(char c) => SafeText.IsUnsafe(c) || char.IsSurrogate(c);
}
