using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// The only percent decoder (RFC 3986 §2.1). Decoded text is UTF-8 read as characters. A byte that is not UTF-8, and an escaped slash that
/// must stay distinct from a real slash, become lone low surrogates (U+DC00 plus the byte), which no valid text contains, so that decoding
/// loses nothing and <see cref="Encode"/> reverses it.
/// </summary>
public static class PercentEncoding
{
    /// <summary>An escaped slash in text that keeps it distinct from a slash.</summary>
    public const char EscapedSlash = '\udc2f';

    /// <summary>
    /// Maximum number of decoding rounds: 16. Each round shortens a text, and legitimate clients encode only a few times.
    /// </summary>
    public const int MaxRounds = 16;

    private const char FirstByte = '\udc00';

    private static readonly SearchValues<char> Unreserved = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    private static readonly SearchValues<char> Literal = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");

    /// <summary>
    /// Returns the path in a single spelling (RFC 3986 §6.2.2.1 and §6.2.2.2): escapes of unreserved characters are decoded, other escapes
    /// are written in upper case, and a percent sign that starts no escape is escaped, so that decoding creates no new escape. Everything
    /// else stays. Returns the same object when nothing changes.
    /// </summary>
    public static string Normalize(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var first = FirstOdd(path);
        if (first < 0)
        {
            return path;
        }

        var text = new StringBuilder(path.Length).Append(path, 0, first);
        for (var i = first; i < path.Length; i++)
        {
            if (!TryDecode(path, i, out var c))
            {
                _ = path[i] == '%' ? text.Append("%25") : text.Append(path[i]);
                continue;
            }

            _ = Unreserved.Contains(c) ? text.Append(c) : Escape(text, (byte)c);
            i += 2;
        }

        return text.ToString();
    }

    /// <summary>Reads the byte whose escape starts at <paramref name="at"/>; false when there is none.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, int at, out char c)
    {
        c = '\0';
        if (at + 2 >= text.Length || text[at] != '%' || !char.IsAsciiHexDigit(text[at + 1]) || !char.IsAsciiHexDigit(text[at + 2]))
        {
            return false;
        }

        c = (char)((Nibble(text[at + 1]) << 4) | Nibble(text[at + 2]));
        return true;
    }

    /// <summary>Returns the decoded text; the same object when nothing is escaped.</summary>
    /// <param name="text">Text with escapes; other characters are kept.</param>
    /// <param name="rounds">Number of rounds. Ends early when nothing is left to decode.</param>
    public static string Decode(string text, int rounds = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var round = 1; round < rounds && text.Contains('%', StringComparison.Ordinal); round++)
        {
            text = Decode(text, apart: false, asText: false);
        }

        return Decode(text, apart: false, asText: true);
    }

    /// <summary>
    /// One round of decoding whose bytes are represented by characters of the same value, for readers that decode further.
    /// </summary>
    internal static string DecodeToBytes(string text) => Decode(text, apart: false, asText: false);

    /// <summary>
    /// Decodes the text once, with <see cref="EscapedSlash"/> for an escaped slash; returns the same object when nothing is escaped.
    /// </summary>
    public static string DecodeApart(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Decode(text, apart: true, asText: true);
    }

    /// <summary>Number of decoding rounds until nothing changes, at most <see cref="MaxRounds"/>.</summary>
    public static int Depth(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var depth = 0;
        for (; depth < MaxRounds && text.Contains('%', StringComparison.Ordinal); depth++)
        {
            var decoded = Decode(text, apart: false, asText: false);
            if (decoded.Length == text.Length)
            {
                break;
            }

            text = decoded;
        }

        return depth;
    }

    /// <summary>
    /// Encodes decoded text as a path: characters that a path may contain (RFC 3986 §3.3) and slashes are kept, the rest is escaped.
    /// Returns the same object when nothing needs an escape.
    /// </summary>
    public static string Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsWritten(text))
        {
            return text;
        }

        var written = new StringBuilder(text.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (Literal.Contains(text[i]))
            {
                written.Append(text[i]);
            }
            else if (char.IsLowSurrogate(text[i]))
            {
                Escape(written, (byte)(text[i] - FirstByte));
            }
            else
            {
                _ = Rune.TryGetRuneAt(text, i, out var rune);
                foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
                {
                    Escape(written, b);
                }

                i += rune.Utf16SequenceLength - 1;
            }
        }

        return written.ToString();
    }

    /// <summary>True if no character of the text needs an escape in a path.</summary>
    internal static bool IsWritten(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Literal);

    /// <summary>
    /// Encodes the text of a rule as a request does: non-ASCII characters become escapes of their UTF-8, everything else is kept. Returns
    /// the same object for ASCII text.
    /// </summary>
    public static string EscapeNonAscii(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var written = new StringBuilder(text.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                written.Append((char)rune.Value);
                continue;
            }

            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                Escape(written, b);
            }
        }

        return written.ToString();
    }

    /// <summary>
    /// Converts bytes represented by characters of the same value to text; returns the same object when they are ASCII, or a character is
    /// not a byte.
    /// </summary>
    internal static string TextOfBytes(string bytes) =>
        Ascii.IsValid(bytes) || bytes.AsSpan().ContainsAnyExceptInRange('\0', '\xff') ? bytes : Text(Encoding.Latin1.GetBytes(bytes));

    /// <summary>Converts bytes to text: UTF-8, and other bytes one by one.</summary>
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        Span<char> characters = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) == OperationStatus.Done)
            {
                text.Append(characters[..rune.EncodeToUtf16(characters)]);
            }
            else
            {
                foreach (var b in bytes[..length])
                {
                    text.Append((char)(FirstByte + b));
                }
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    // One round. Escapes between other characters are runs of bytes: UTF-8 if valid, else one character per byte, which the next round
    // reads as the byte again.
    private static string Decode(string text, bool apart, bool asText)
    {
        if (!text.Contains('%', StringComparison.Ordinal) && (!asText || Ascii.IsValid(text)))
        {
            return text;
        }

        var decoded = new StringBuilder(text.Length);
        var run = ArrayPool<byte>.Shared.Rent(text.Length);
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var isEscape = TryDecode(text, i, out var c);
            if (isEscape)
            {
                i += 2;
            }
            else
            {
                c = text[i];
            }

            if (asText && c is >= '\x80' and <= '\xff')
            {
                run[length++] = (byte)c;
                continue;
            }

            if (length > 0)
            {
                decoded.Append(Text(run.AsSpan(0, length)));
                length = 0;
            }

            decoded.Append(apart && isEscape && c == '/' ? EscapedSlash : c);
        }

        decoded.Append(Text(run.AsSpan(0, length)));
        ArrayPool<byte>.Shared.Return(run);
        return decoded.ToString();
    }

    private static int FirstOdd(ReadOnlySpan<char> path)
    {
        for (var at = path.IndexOf('%'); at >= 0; at = path[at..].IndexOf('%') is >= 0 and var next ? at + next : -1)
        {
            if (!TryDecode(path, at, out var c)
                || Unreserved.Contains(c)
                || char.IsAsciiLetterLower(path[at + 1])
                || char.IsAsciiLetterLower(path[at + 2]))
            {
                return at;
            }

            at += 3;
        }

        return -1;
    }

    private static StringBuilder Escape(StringBuilder text, byte b) => text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");

    private static int Nibble(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
