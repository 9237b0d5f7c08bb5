namespace GatewayMesh.Proxy.Messages;

/// <summary>A range of the bytes of a head.</summary>
/// <param name="Start">Offset of the first byte.</param>
/// <param name="Length">Number of bytes.</param>
internal readonly record struct ByteRange(int Start, int Length);
