namespace GatewayMesh.Proxy.Http1;

/// <summary>
/// Result of reading content from the bytes received: what they mean, and how many are consumed (<see cref="Skip"/> and
/// <see cref="Length"/>).
/// </summary>
/// <param name="Kind">Meaning.</param>
/// <param name="Skip">Bytes of framing at the start.</param>
/// <param name="Length">Bytes of content that follow; not 0 for data.</param>
internal readonly record struct BodyPart(BodyPartKind Kind, int Skip, int Length = 0)
{
    /// <summary>Bytes consumed.</summary>
    public int Consumed => Skip + Length;
}
