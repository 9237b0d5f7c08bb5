using System.Text;

namespace GatewayMesh.Proxy.Messages;

/// <summary>
/// Text of the previous message at the same location. A client usually repeats its method, host, and most fields, so decoding them again
/// allocates nothing.
/// </summary>
internal struct RememberedText
{
    private const int MaxRemembered = 1024;

    private string? _text;

    /// <summary>Returns <paramref name="bytes"/> as text (Latin-1).</summary>
    public string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "";
        }

        if (_text is { } text && Ascii.Equals(bytes, text))
        {
            return text;
        }

        text = Encoding.Latin1.GetString(bytes);
        if (bytes.Length <= MaxRemembered)
        {
            _text = text;
        }

        return text;
    }
}
