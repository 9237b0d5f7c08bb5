using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;

namespace GatewayMesh.Proxy.Listeners.Floods;

/// <summary>
/// Input of an HTTP/2 client, scanned as the server consumes it. Copies nothing and keeps only the position within a frame. Once the budget
/// is spent, the next read fails; the server then sends GOAWAY, whose code <see cref="CountedOutput"/> sets.
/// </summary>
internal sealed class CountedInput(PipeReader inner, FrameBudget budget, Action spent) : PipeReader
{
    private FrameScanner _scanner = new();
    private ReadOnlySequence<byte> _buffer;
    private bool _isReported;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        EndWhenSpent();
        var read = await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
        _buffer = read.Buffer;
        return read;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        EndWhenSpent();
        if (!inner.TryRead(out result))
        {
            return false;
        }

        _buffer = result.Buffer;
        return true;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var taken = _buffer.Slice(0, consumed);
        _buffer = default;
        if (taken.IsSingleSegment)
        {
            _scanner.Scan(taken.FirstSpan, budget);
        }
        else
        {
            foreach (var piece in taken)
            {
                _scanner.Scan(piece.Span, budget);
            }
        }

        inner.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => inner.CancelPendingRead();

    /// <summary>Completes the inner reader, except at the end of a flood: <see cref="CountedTransport.LingerAsync"/> runs first.</summary>
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

    private void EndWhenSpent()
    {
        if (!budget.IsSpent)
        {
            return;
        }

        if (!_isReported)
        {
            _isReported = true;
            spent();
        }

        throw new IOException("The client sent too many frames without content.");
    }
}
