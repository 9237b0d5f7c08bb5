namespace GatewayMesh.Registry.Tests.Kubernetes.Watching;

/// <summary>A stream of which each read returns at most one piece.</summary>
/// <param name="bytes">All bytes.</param>
/// <param name="ends">Ends of the pieces, rising.</param>
internal sealed class PiecewiseStream(byte[] bytes, IReadOnlyList<int> ends) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var end = ends.FirstOrDefault(end => end > Position, (int)Length);
        return base.ReadAsync(buffer[..(int)Math.Min(buffer.Length, end - Position)], cancellationToken);
    }
}
