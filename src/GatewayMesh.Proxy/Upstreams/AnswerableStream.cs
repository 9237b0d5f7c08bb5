using System.Net.Http;
using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Stream of an HTTP/1.1 connection to an instance that may respond and close before it has read the whole request (401, 413). After a
/// failed write, further writes are dropped, so that the response waiting in the socket can still be read. Without a response, the read
/// fails in turn.
/// </summary>
/// <remarks>
/// An end of the connection after a request and before its response is an error. Otherwise the HTTP client would resend a request without
/// content on its own, although the application may have run the request; only the policy may decide on that. An end before the request is
/// written stays an end, after which the client may resend.
/// </remarks>
internal sealed class AnswerableStream(Stream inner) : Stream
{
    private readonly SwitchMark _switch = new();
    private volatile bool _isRefused;
    private volatile bool _isUnanswered;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="HttpIOException">The connection ended after a request and before the first byte of its response.</exception>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (count > 0)
        {
            _isUnanswered = false;
            _switch.Read(buffer.Span[..count]);
        }
        else if (_isUnanswered && !buffer.IsEmpty)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "The instance ended the connection without an answer.");
        }

        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    /// <exception cref="UploadRefusedException">The first failed write.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isRefused)
        {
            return;
        }

        if (!_isUnanswered && !buffer.IsEmpty && !_switch.IsSwitched)
        {
            _switch.Restart();
            _isUnanswered = true;
        }

        try
        {
            if (AsteriskTarget.Begins(buffer.Span))
            {
                await inner.WriteAsync(AsteriskTarget.Line, cancellationToken).ConfigureAwait(false);
                buffer = AsteriskTarget.Rest(buffer);
            }

            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            _isRefused = true;
            throw new UploadRefusedException(failure);
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _isRefused ? Task.CompletedTask : inner.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
