namespace GatewayMesh.Proxy.Messages;

/// <summary>One line of a <see cref="FieldTable"/> (RFC 9110 §5). Valid until the next change of the table.</summary>
/// <param name="table">The table.</param>
/// <param name="index">Index of the line.</param>
internal readonly struct FieldLine(FieldTable table, int index)
{
    /// <summary>Name in the received case; compared without case. Decoded when first asked for.</summary>
    public string Name => table.NameAt(index);

    /// <summary>Value without surrounding whitespace. Decoded (Latin-1) when first asked for.</summary>
    public string Value => table.ValueAt(index);

    /// <summary>Characters of name and value together, without decoding them.</summary>
    public int Length => table.LengthAt(index);

    /// <summary>The field, if it is a known one.</summary>
    public KnownField Known => table.KnownAt(index);

    /// <summary>True if name and value are bytes that a reader has checked.</summary>
    public bool IsReceived => table.IsReceivedAt(index);

    /// <summary>Bytes of the name. Requires <see cref="IsReceived"/>.</summary>
    public ReadOnlySpan<byte> NameBytes => table.NameBytesAt(index);

    /// <summary>True if the value is bytes: received, or composed here and not checked.</summary>
    public bool HasValueBytes => table.HasValueBytesAt(index);

    /// <summary>Bytes of the value. Requires <see cref="HasValueBytes"/>.</summary>
    public ReadOnlySpan<byte> ValueBytes => table.ValueBytesAt(index);
}
