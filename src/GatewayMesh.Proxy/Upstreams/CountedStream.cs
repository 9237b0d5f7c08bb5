using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Counts the bytes passed on and records when the instance accepts no more.</summary>
internal sealed class CountedStream(Stream inner) : AsyncWriteStream
{
    /// <summary>Number of bytes passed on, including those of a failed write.</summary>
    public long Count { get; private set; }

    /// <summary>True after a write or flush failed because the instance accepts no more.</summary>
    public bool IsRefused { get; private set; }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Count += buffer.Length;
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (UploadRefusedException.IsIn(failure))
        {
            IsRefused = true;
            throw;
        }
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();
}
