using System.IO.Pipelines;

namespace GatewayMesh.Proxy.Listeners.Floods;

/// <summary>
/// Output of the HTTP/2 server. Credits useful frames to the budget, and sets the code of the GOAWAY that ends a flood to
/// ENHANCE_YOUR_CALM, which the server does not let callers choose. A frame may be written in any number of pieces.
/// </summary>
internal sealed class CountedOutput(PipeWriter inner, FrameBudget budget) : PipeWriter
{
    private const int HeaderLength = 9;
    private const int CodeAt = 4; // position of the code in the payload of GOAWAY (RFC 9113 §6.8)
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte GoAway = 7;
    private const byte EnhanceYourCalm = 0xb;

    private readonly byte[] _header = new byte[HeaderLength];
    private Memory<byte> _memory;
    private int _headerCount;
    private int _payload;
    private int _payloadCount;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => inner.UnflushedBytes;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => _memory = inner.GetMemory(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        Scan(_memory.Span[..bytes]);
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

    private void Scan(Span<byte> written)
    {
        while (!written.IsEmpty)
        {
            if (_payloadCount < _payload)
            {
                var count = Math.Min(_payload - _payloadCount, written.Length);
                if (_header[3] == GoAway && budget.IsSpent)
                {
                    SetCode(written[..count]);
                }

                _payloadCount += count;
                written = written[count..];
                continue;
            }

            var part = Math.Min(HeaderLength - _headerCount, written.Length);
            written[..part].CopyTo(_header.AsSpan(_headerCount));
            _headerCount += part;
            written = written[part..];
            if (_headerCount == HeaderLength)
            {
                Begin();
            }
        }
    }

    private void Begin()
    {
        _headerCount = 0;
        _payload = (_header[0] << 16) | (_header[1] << 8) | _header[2];
        _payloadCount = 0;
        if (_header[3] is Data or Headers)
        {
            budget.Sent(FrameBudget.PerUsefulFrame);
        }
    }

    private void SetCode(Span<byte> payload)
    {
        for (var i = 0; i < payload.Length; i++)
        {
            var at = _payloadCount + i - CodeAt;
            if (at is >= 0 and < sizeof(int))
            {
                payload[i] = at == sizeof(int) - 1 ? EnhanceYourCalm : (byte)0;
            }
        }
    }
}
