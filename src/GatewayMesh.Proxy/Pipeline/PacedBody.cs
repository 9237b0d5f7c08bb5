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
internal sealed class PacedBody(Stream body, IResponseSink response, long rate, TimeSpan grace, TimeProvider time) : AsyncReadStream
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _timeout = new(Timeout.InfiniteTimeSpan, time);
    private TimeSpan _waited;
    private long _received;

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
    protected override void Dispose(bool disposing)
    {
        _timeout.Dispose();
        base.Dispose(disposing);
    }
}
