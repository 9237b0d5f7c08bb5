using System.Buffers;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Mirroring;

/// <summary>
/// The body of a request that has a copy: what the original reads is also kept, up to a limit. The copy leaves once the body has been read
/// to its end. The original never waits for it.
/// </summary>
/// <param name="body">Body from the client.</param>
/// <param name="length">Length of the body; null if unknown.</param>
/// <param name="limit">Largest body of a copy.</param>
/// <param name="copy">The copy.</param>
internal sealed class MirrorBody(Stream body, long? length, long limit, MirrorCopy copy) : AsyncReadStream
{
    private readonly ArrayBufferWriter<byte> _kept = new();
    private MirrorCopy? _copy = copy;

    /// <summary>Gives the copy up if the body did not arrive whole: the request has ended.</summary>
    public void End() => Interlocked.Exchange(ref _copy, null)?.Abandon(MirrorOutcome.Incomplete);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (!buffer.IsEmpty && Volatile.Read(ref _copy) is not null)
        {
            Keep(buffer.Span[..count]);
        }

        return count;
    }

    private void Keep(ReadOnlySpan<byte> content)
    {
        if (_kept.WrittenCount + content.Length > limit)
        {
            Interlocked.Exchange(ref _copy, null)?.Abandon(MirrorOutcome.TooLarge);
            _kept.Clear();
            return;
        }

        _kept.Write(content);
        if (content.IsEmpty || _kept.WrittenCount == length)
        {
            Interlocked.Exchange(ref _copy, null)?.Send(_kept.WrittenMemory);
        }
    }
}
