using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Flushes each write at once: the client would hold back a streamed body until its buffer is full.</summary>
internal sealed class FlushingStream(Stream inner) : AsyncWriteStream
{
    /// <summary>Number of bytes passed on, including those of a failed write.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count += buffer.Length;
        await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();
}
