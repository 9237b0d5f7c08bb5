using System.Globalization;
using System.Text;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// Decoding as old and lenient readers do: repeatedly, with <c>%u002f</c> for a character (IIS) and overlong UTF-8 (<c>%c0%af</c> for a
/// slash, RFC 3629 §10).
/// </summary>
internal static class LenientEncoding
{
    /// <summary>Returns the fully decoded text.</summary>
    /// <param name="text">ASCII text with escapes.</param>
    public static string Decode(string text)
    {
        for (var round = 0; round < PercentEncoding.MaxRounds; round++)
        {
            var decoded = WithoutOverlong(PercentEncoding.DecodeToBytes(WithoutUnits(text)));
            if (decoded == text)
            {
                break;
            }

            text = decoded;
        }

        return PercentEncoding.Decode(text);
    }

    // %u and four digits become the escapes of the character's UTF-8.
    private static string WithoutUnits(string text)
    {
        if (!text.Contains("%u", StringComparison.OrdinalIgnoreCase))
        {
            return text;
        }

        var written = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 5 < text.Length && text[i] == '%' && (text[i + 1] | 0x20) == 'u'
                && ushort.TryParse(text.AsSpan(i + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
                    && !char.IsSurrogate((char)unit))
            {
                written.Append(unit < 0x80 ? ((char)unit).ToString() : PercentEncoding.EscapeNonAscii(((char)unit).ToString()));
                i += 5;
            }
            else
            {
                written.Append(text[i]);
            }
        }

        return written.ToString();
    }

    // Two or three bytes that encode one ASCII byte. Bytes are represented by characters of the same value here.
    private static string WithoutOverlong(string text)
    {
        if (!text.AsSpan().ContainsAny('\xc0', '\xc1', '\xe0'))
        {
            return text;
        }

        var written = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '\xc0' or '\xc1' && i + 1 < text.Length && IsContinuation(text[i + 1]))
            {
                written.Append((char)(((text[i] & 1) << 6) | (text[++i] & 0x3f)));
            }
            else if (text[i] == '\xe0' && i + 2 < text.Length && text[i + 1] is '\x80' or '\x81' && IsContinuation(text[i + 2]))
            {
                written.Append((char)(((text[i + 1] & 1) << 6) | (text[i + 2] & 0x3f)));
                i += 2;
            }
            else
            {
                written.Append(text[i]);
            }
        }

        return written.ToString();
    }

    private static bool IsContinuation(char b) => b is >= '\x80' and <= '\xbf';
}
