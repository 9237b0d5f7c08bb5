using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>A stream whose first read has begun ahead.</summary>
internal sealed class PeekedStream : AsyncReadStream
{
    private readonly Stream _inner;
    private readonly byte[] _buffer;
    private int _taken;
    private bool _isOver;

    public PeekedStream(Stream inner, byte[] buffer)
    {
        (_inner, _buffer) = (inner, buffer);
        First = inner.ReadAsync(buffer).AsTask();
    }

    /// <summary>The first read: number of bytes, 0 at the end of the stream.</summary>
    public Task<int> First { get; }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isOver)
        {
            return await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        var first = await First.WaitAsync(cancellationToken).ConfigureAwait(false);
        var count = Math.Min(buffer.Length, first - _taken);
        _buffer.AsSpan(_taken, count).CopyTo(buffer.Span);
        _taken += count;
        _isOver = _taken == first;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _ = First.ContinueWith(
                static first => _ = first.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        base.Dispose(disposing);
    }
}
