using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// A request body that must come at a least rate on average. Only the time counts in which the data path waits for the client; an application that reads
/// slowly costs the client nothing. Once the answer has begun the application has agreed to the pace, and nothing counts any more.
/// </summary>
/// <param name="body">The body as the server reads it.</param>
/// <param name="response">The answer to the request.</param>
/// <param name="rate">Bytes a second.</param>
/// <param name="grace">Waiting time that every body has.</param>
/// <param name="time">The clock.</param>
internal sealed class PacedBody(Stream body, HttpResponse response, long rate, TimeSpan grace, TimeProvider time) : Stream
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _patience = new(Timeout.InfiniteTimeSpan, time);
    private TimeSpan _waited;
    private long _received;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private TimeSpan Left
    {
        get
        {
            var left = grace - _waited + TimeSpan.FromSeconds((double)_received / rate);
            return left < TimeSpan.Zero ? TimeSpan.Zero : left > Longest ? Longest : left;
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (response.HasStarted || _patience.IsCancellationRequested)
        {
            return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        var began = time.GetTimestamp();
        _patience.CancelAfter(Left);
        using (cancellationToken.UnsafeRegister(static patience => ((CancellationTokenSource)patience!).Cancel(), _patience))
        {
            try
            {
                var count = await body.ReadAsync(buffer, _patience.Token).ConfigureAwait(false);
                _received += count;
                return count;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && _patience.IsCancellationRequested)
            {
                if (!response.HasStarted)
                {
                    throw new BadHttpRequestException("The request body comes slower than limits.minRequestBodyDataRate allows.", StatusCodes.Status408RequestTimeout);
                }
            }
            finally
            {
                _waited += time.GetElapsedTime(began);
                _patience.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }

        return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _patience.Dispose();
        base.Dispose(disposing);
    }
}
