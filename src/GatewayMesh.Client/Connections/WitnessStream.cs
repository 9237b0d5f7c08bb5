namespace GatewayMesh.Client.Connections;

/// <summary>
/// An HTTP/1.1 connection that tracks what the peer can have read.
/// <code>
///           write                    bytes arrive
///   idle ──────────► asked ─────────────────────────► idle
///     │ end              │ end: an IOException, no end of stream
///     ▼                  ▼
///   closed ── write: UnsentException, nothing is written
/// </code>
/// Reason: when a connection ends before the first byte of an answer, SocketsHttpHandler retries a request without content by itself, up to
/// three times and with any method. It retries only on an end of stream, not on an IOException, so it never sees that end of stream.
/// </summary>
internal sealed class WitnessStream(Stream inner) : Stream
{
    private const int Idle = 0, Asked = 1, Closed = 2, Raw = 3;
    private int _state;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException)
        {
            Interlocked.CompareExchange(ref _state, Closed, Idle);
            throw;
        }

        return buffer.IsEmpty ? read : Seen(buffer.Span[..read]);
    }

    public override int Read(Span<byte> buffer) => Seen(buffer[..inner.Read(buffer)]);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        BeforeWrite();
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        BeforeWrite();
        inner.Write(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void BeforeWrite()
    {
        if (Interlocked.CompareExchange(ref _state, Asked, Idle) == Closed)
        {
            throw new UnsentException();
        }
    }

    private int Seen(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Interlocked.CompareExchange(ref _state, Closed, Idle) == Asked
                ? throw new IOException("The connection ended before an answer.")
                : 0;
        }

        // After an upgrade the bytes are no longer requests and answers, so an end of stream stays an end of stream.
        Interlocked.CompareExchange(ref _state, bytes.StartsWith("HTTP/1.1 101"u8) ? Raw : Idle, Asked);
        return bytes.Length;
    }
}
