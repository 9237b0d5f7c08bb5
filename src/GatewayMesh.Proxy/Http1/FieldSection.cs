using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Http1;

/// <summary>Reads the field lines of a head or a trailer section (RFC 9112 §5), within their limits.</summary>
/// <param name="limits">The limits.</param>
internal struct FieldSection(HeadLimits limits)
{
    private int _lines;
    private int _bytes;

    /// <summary>Bytes that the next line may have, with CRLF.</summary>
    public readonly int Left => limits.Bytes - _bytes;

    /// <summary>Counts bytes that are part of the same limit, such as the status line's.</summary>
    public void Count(int bytes) => _bytes += bytes;

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line without CRLF; not empty.</param>
    /// <param name="start">Offset of the line in its head.</param>
    /// <param name="field">The field.</param>
    public MessageFault Read(ReadOnlySpan<byte> line, int start, out ReceivedField field)
    {
        field = default;
        _bytes += line.Length + 2;
        if (++_lines > limits.Fields)
        {
            return MessageFault.TooManyFields;
        }

        var colon = line.IndexOfAnyExcept(Octets.Token);
        if (colon <= 0 || line[colon] != ':')
        {
            return FaultOf(line, colon);
        }

        var name = line[..colon];
        var known = KnownFields.Find(name);
        var first = colon + 1;
        while (first < line.Length && line[first] is (byte)' ' or (byte)'\t')
        {
            first++;
        }

        var end = line.Length;
        while (end > first && line[end - 1] is (byte)' ' or (byte)'\t')
        {
            end--;
        }

        field = new ReceivedField(
            known,
            new ByteRange(start, colon),
            new ByteRange(start + first, end - first),
            known == KnownField.None && name.Contains((byte)'_') && IsTwin(name));
        return MessageFault.None;
    }

    private static MessageFault FaultOf(ReadOnlySpan<byte> line, int colon) =>
        colon < 0 || line[colon] is not ((byte)' ' or (byte)'\t') ? MessageFault.FieldName
        : colon == 0 ? MessageFault.FoldedLine
        : Octets.Trim(line[colon..]) is [(byte)':', ..] ? MessageFault.BlankBeforeColon
        : MessageFault.FieldName;

    // Applications that read fields as variables (CGI style) do not distinguish "_" from "-".
    private static bool IsTwin(ReadOnlySpan<byte> name) =>
        IsTwin(name, "Content-Length"u8) || IsTwin(name, "Transfer-Encoding"u8)
        || (name.Length >= MeshPrefix.Length && IsTwin(name[..MeshPrefix.Length], MeshPrefix));

    private static ReadOnlySpan<byte> MeshPrefix => "gatewaymesh-"u8;

    private static bool IsTwin(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected)
    {
        if (name.Length != expected.Length)
        {
            return false;
        }

        for (var i = 0; i < name.Length; i++)
        {
            if (expected[i] == '-' ? name[i] is not ((byte)'-' or (byte)'_') : (name[i] | 0x20) != (expected[i] | 0x20))
            {
                return false;
            }
        }

        return true;
    }
}
