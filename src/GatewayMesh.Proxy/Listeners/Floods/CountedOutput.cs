using System.Buffers.Binary;
using System.IO.Pipelines;

namespace GatewayMesh.Proxy.Listeners.Floods;

/// <summary>
/// Output of the HTTP/2 server. Credits useful frames to the budget, and sets the code of the GOAWAY that ends a flood to
/// ENHANCE_YOUR_CALM, which the server does not let callers choose. The server writes a frame's header and payload one after the other, or
/// several frames at once if an earlier write is still pending.
/// </summary>
internal sealed class CountedOutput(PipeWriter inner, FrameBudget budget) : PipeWriter
{
    private const int HeaderLength = 9;
    private const int GoAwayLength = 8;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte GoAway = 7;
    private const int EnhanceYourCalm = 0xb;

    private Memory<byte> _memory;
    private bool _isGoAway;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => inner.UnflushedBytes;

    private static ReadOnlySpan<byte> GoAwayHeader => [0, 0, GoAwayLength, GoAway, 0, 0, 0, 0, 0];

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => _memory = inner.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (bytes >= HeaderLength)
        {
            Credit(_memory.Span[..bytes]);
        }

        if (budget.IsSpent)
        {
            SetCode(_memory.Span[..bytes]);
        }

        inner.Advance(bytes);
        _memory = _memory[bytes..];
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        _memory = default;
        return inner.FlushAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    /// <summary>Completes the inner writer, except at the end of a flood: <see cref="CountedTransport.LingerAsync"/> runs first.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (!budget.IsSpent)
        {
            inner.Complete(exception);
        }
    }

    /// <summary>As <see cref="Complete"/>.</summary>
    public override ValueTask CompleteAsync(Exception? exception = null) =>
        budget.IsSpent ? ValueTask.CompletedTask : inner.CompleteAsync(exception);

    private void Credit(ReadOnlySpan<byte> written)
    {
        var frames = written.Length == HeaderLength
            ? (written[3] is Data or Headers ? FrameBudget.PerUsefulFrame : 0)
            : written.Length / FrameBudget.BytesPerFrame;
        if (frames > 0)
        {
            budget.Sent(frames);
        }
    }

    // GOAWAY is the last frame that the server writes.
    private void SetCode(Span<byte> written)
    {
        if (written.SequenceEqual(GoAwayHeader))
        {
            _isGoAway = true;
            return;
        }

        var isGoAway = _isGoAway ? written.Length == GoAwayLength
            : written.Length >= HeaderLength + GoAwayLength
                && written[^(HeaderLength + GoAwayLength)..^GoAwayLength].SequenceEqual(GoAwayHeader);
        _isGoAway = false;
        if (isGoAway)
        {
            BinaryPrimitives.WriteInt32BigEndian(written[^4..], EnhanceYourCalm);
        }
    }
}
