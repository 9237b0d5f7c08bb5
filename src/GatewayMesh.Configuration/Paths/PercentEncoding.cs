using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace GatewayMesh.Configuration.Paths;

/// <summary>
/// The one percent decoder (RFC 3986 §2.1). Decoded text is UTF-8 read as characters. A byte that is no UTF-8, and an escaped slash that is to stay apart from a
/// real one, become lone low surrogates (U+DC00 plus the byte), which no valid text holds, so that decoding loses nothing and <see cref="Encode"/> undoes it.
/// </summary>
public static class PercentEncoding
{
    /// <summary>An escaped slash in text that keeps it apart from a slash.</summary>
    public const char EscapedSlash = '\udc2f';

    /// <summary>Rounds after which decoding again ends: 16. Each makes a text shorter, and nobody honest encodes more than a few times.</summary>
    public const int MostRounds = 16;

    private const char FirstByte = '\udc00';

    private static readonly SearchValues<char> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    private static readonly SearchValues<char> Literal = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/");

    /// <summary>
    /// The same path in one spelling (RFC 3986 §6.2.2.1 and §6.2.2.2): escapes of unreserved characters decoded, the others in capitals, and a percent sign that
    /// begins none escaped, so that nothing that is decoded makes a new escape. Everything else stays. The same object when nothing is to be done.
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

    /// <summary>The byte whose escape begins at <paramref name="at"/>; false when none does.</summary>
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

    /// <summary>The decoded text; the same object when nothing is escaped.</summary>
    /// <param name="text">Text with escapes; other characters stay as they are.</param>
    /// <param name="rounds">How often it is decoded. Ends early when nothing is left to decode.</param>
    public static string Decode(string text, int rounds = 1)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (var round = 1; round < rounds && text.Contains('%', StringComparison.Ordinal); round++)
        {
            text = Decode(text, apart: false, asText: false);
        }

        return Decode(text, apart: false, asText: true);
    }

    /// <summary>One round of decoding whose bytes stand as characters of the same number, for readers that go on.</summary>
    internal static string DecodeToBytes(string text) => Decode(text, apart: false, asText: false);

    /// <summary>The text decoded once, with <see cref="EscapedSlash"/> for an escaped slash; the same object when nothing is escaped.</summary>
    public static string DecodeApart(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Decode(text, apart: true, asText: true);
    }

    /// <summary>Rounds of decoding until nothing changes, at most <see cref="MostRounds"/>.</summary>
    public static int Depth(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var depth = 0;
        for (; depth < MostRounds && text.Contains('%', StringComparison.Ordinal); depth++)
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

    /// <summary>Decoded text as a path is written: what a path may hold (RFC 3986 §3.3) and slashes stand for themselves, the rest is escaped. The same object when nothing is to be escaped.</summary>
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

    /// <summary>True if nothing of the text is escaped in a path.</summary>
    internal static bool IsWritten(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Literal);

    /// <summary>The text of a rule as a request writes it: what is not ASCII becomes escapes of its UTF-8, everything else stays. The same object when all is ASCII.</summary>
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

    /// <summary>Bytes that stand as characters of the same number, as text; the same object when they are ASCII, or one is no byte.</summary>
    internal static string TextOfBytes(string bytes) =>
        Ascii.IsValid(bytes) || bytes.AsSpan().ContainsAnyExceptInRange('\0', '\xff') ? bytes : Text(Encoding.Latin1.GetBytes(bytes));

    /// <summary>Bytes as text: UTF-8, and what is none byte by byte.</summary>
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

    // One round. Escapes between other characters are runs of bytes; as text they are UTF-8, else one character each, which the next round takes for the byte again.
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
            if (!TryDecode(path, at, out var c) || Unreserved.Contains(c) || char.IsAsciiLetterLower(path[at + 1]) || char.IsAsciiLetterLower(path[at + 2]))
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
