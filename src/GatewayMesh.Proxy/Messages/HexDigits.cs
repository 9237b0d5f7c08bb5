namespace GatewayMesh.Proxy.Messages;

/// <summary>Numbers in lower-case hexadecimal digits, of a fixed length.</summary>
internal static class HexDigits
{
    /// <summary>Digits of a 64-bit number: 16.</summary>
    public const int OfNumber = 16;

    /// <summary>Writes 16 digits at the start of <paramref name="text"/>.</summary>
    public static void Write(Span<char> text, ulong number)
    {
        for (var i = OfNumber - 1; i >= 0; i--)
        {
            text[i] = "0123456789abcdef"[(int)(number & 15)];
            number >>= 4;
        }
    }
}
