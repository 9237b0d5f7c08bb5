using System.Globalization;
using System.Text;

namespace GatewayMesh.Configuration.Values;

/// <summary>
/// Makes untrusted text safe for a terminal and a log. A terminal obeys control characters (C0, C1, ESC) and direction marks and hides
/// zero-width characters; each is written as an escape (<c>\u001b</c>) and so becomes visible.
/// </summary>
public static class SafeText
{
    // First UTF-8 bytes of all characters escaped in a JSON line: U+061C; U+200B to U+206F; U+FEFF and U+FFF9 to U+FFFB; the tags of
    // U+E0000.
    private static readonly System.Buffers.SearchValues<byte> Suspicious = System.Buffers.SearchValues.Create(
        [0xc2, 0xd8, 0xe2, 0xef, 0xf3]);

    /// <summary>
    /// True if a terminal may obey or hide <paramref name="c"/>: a control character, direction mark, line separator, or zero-width
    /// character.
    /// </summary>
    public static bool IsUnsafe(char c) =>
        char.IsControl(c)
        || c is '\u061c'
            or (>= '\u200b' and <= '\u200f')
            or (>= '\u2028' and <= '\u202e')
            or (>= '\u2060' and <= '\u206f')
            or '\ufeff'
            or (>= '\ufff9' and <= '\ufffb');

    /// <summary>Returns the text on one line: line ends are escaped too.</summary>
    public static string OneLine(string text) => Escape(text, keepLines: false);

    /// <summary>Returns the text with its line ends.</summary>
    public static string Lines(string text) => Escape(text, keepLines: true);

    /// <summary>The same for lines of JSON, whose encoder does not escape direction marks: each becomes a JSON escape.</summary>
    /// <param name="json">Complete lines in UTF-8.</param>
    /// <returns><paramref name="json"/> itself when there is nothing to escape.</returns>
    public static ReadOnlySpan<byte> Json(ReadOnlySpan<byte> json)
    {
        if (!json.ContainsAny(Suspicious))
        {
            return json;
        }

        var text = Encoding.UTF8.GetString(json);
        var escaped = Lines(text);
        return ReferenceEquals(text, escaped) ? json : Encoding.UTF8.GetBytes(escaped);
    }

    /// <summary>Appends <paramref name="c"/> as an escape.</summary>
    internal static void AppendEscape(StringBuilder to, char c) => to.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");

    private static string Escape(string text, bool keepLines)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder? safe = null;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var isPair = char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (isPair && !IsTag(c, text[i + 1]))
            {
                safe?.Append(c).Append(text[++i]);
                i += safe is null ? 1 : 0;
            }
            else if (!(char.IsSurrogate(c) || IsUnsafe(c)) || (keepLines && c == '\n'))
            {
                safe?.Append(c);
            }
            else
            {
                safe ??= new StringBuilder(text.Length + 16).Append(text, 0, i);
                AppendEscape(safe, c);
                if (isPair)
                {
                    AppendEscape(safe, text[++i]);
                }
            }
        }

        return safe?.ToString() ?? text;
    }

    // U+E0000 to U+E007F: invisible letters.
    private static bool IsTag(char high, char low) => char.ConvertToUtf32(high, low) is >= 0xe0000 and <= 0xe007f;
}
