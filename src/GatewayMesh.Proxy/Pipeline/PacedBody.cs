using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// A request body with a minimum average rate. Only time spent waiting for the client counts; an application that reads slowly does not
/// count against the client. Once the response has started, the application has accepted the pace and no time counts.
/// </summary>
/// <param name="body">Body as read by the server.</param>
/// <param name="response">Response to the request.</param>
/// <param name="rate">Minimum rate in bytes per second.</param>
/// <param name="grace">Waiting time allowed for every body.</param>
/// <param name="time">The clock.</param>
internal sealed class PacedBody(Stream body, IResponseSink response, long rate, TimeSpan grace, TimeProvider time) : Stream
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _timeout = new(Timeout.InfiniteTimeSpan, time);
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
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (response.HasStarted || _timeout.IsCancellationRequested)
        {
            return await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }

        var began = time.GetTimestamp();
        _timeout.CancelAfter(Left);
        using (cancellationToken.UnsafeRegister(static timeout => ((CancellationTokenSource)timeout!).Cancel(), _timeout))
        {
            try
            {
                var count = await body.ReadAsync(buffer, _timeout.Token).ConfigureAwait(false);
                _received += count;
                return count;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && _timeout.IsCancellationRequested)
            {
                if (!response.HasStarted)
                {
                    throw new SlowBodyException();
                }
            }
            finally
            {
                _waited += time.GetElapsedTime(began);
                _timeout.CancelAfter(Timeout.InfiniteTimeSpan);
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
        _timeout.Dispose();
        base.Dispose(disposing);
    }
}
