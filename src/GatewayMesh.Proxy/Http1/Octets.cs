using System.Buffers;
using System.Text;

namespace GatewayMesh.Proxy.Http1;

/// <summary>Sets of bytes of HTTP's grammar, and comparisons.</summary>
internal static class Octets
{
    /// <summary>Characters of a token (RFC 9110 §5.6.2).</summary>
    public static readonly SearchValues<byte> Token = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Control characters except HTAB: CR and LF end a line, the others are in no line.</summary>
    public static readonly SearchValues<byte> Controls = SearchValues.Create(ControlBytes());

    /// <summary>The same for text.</summary>
    public static readonly SearchValues<char> ControlCharacters = SearchValues.Create(
        Array.ConvertAll(ControlBytes(), static b => (char)b));

    /// <summary>True if the two are the same without case.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="expected">ASCII.</param>
    public static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> expected) =>
        text.Length == expected.Length && (text.SequenceEqual(expected) || Ascii.EqualsIgnoreCase(text, expected));

    /// <summary>Removes SP and HTAB at both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        while (text is [(byte)' ' or (byte)'\t', ..])
        {
            text = text[1..];
        }

        while (text is [.., (byte)' ' or (byte)'\t'])
        {
            text = text[..^1];
        }

        return text;
    }

    /// <summary>Takes the next member of a comma-separated list (RFC 9110 §5.6.1); may be empty.</summary>
    public static ReadOnlySpan<byte> TakeMember(ref ReadOnlySpan<byte> list)
    {
        var comma = list.IndexOf((byte)',');
        var member = Trim(comma < 0 ? list : list[..comma]);
        list = comma < 0 ? default : list[(comma + 1)..];
        return member;
    }

    private static byte[] ControlBytes()
    {
        var controls = new List<byte>(32);
        for (var b = 0; b < 0x80; b++)
        {
            if ((b < 0x20 && b != '\t') || b == 0x7F)
            {
                controls.Add((byte)b);
            }
        }

        return [.. controls];
    }
}
