namespace GatewayMesh.Proxy.Http1;

/// <summary>Reads content whose length is known (RFC 9112 §6.2).</summary>
/// <param name="length">Bytes of the content.</param>
internal struct LengthReader(long length)
{
    /// <summary>Bytes of the content that have not been read.</summary>
    public long Left { get; private set; } = length;

    /// <summary>Reads on.</summary>
    public BodyPart Read(ReadOnlySpan<byte> received)
    {
        if (Left == 0)
        {
            return new BodyPart(BodyPartKind.End, 0);
        }

        var count = (int)Math.Min(Left, received.Length);
        Left -= count;
        return count == 0 ? new BodyPart(BodyPartKind.NeedMore, 0) : new BodyPart(BodyPartKind.Data, 0, count);
    }
}
