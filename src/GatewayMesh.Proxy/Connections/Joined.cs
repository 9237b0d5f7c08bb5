using System.Buffers;

namespace GatewayMesh.Proxy.Connections;

/// <summary>
/// Two connections joined into one stream of bytes, after 101. Each direction ends when its sender ends it, and what is outstanding is
/// delivered before:
/// <code>
/// a side ends its stream       ─► the other's ends after what was sent; the opposite direction continues
/// a side takes no more         ─► what it sent before is still delivered; the other is heard until then, and 2 s longer, so that no reset
///                                 overtakes those bytes
/// a side fails, or both idle   ─► both are reset
/// </code>
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="idle">Time without a byte after which both sides are reset; zero for no limit.</param>
/// <param name="linger">Silence after which a side is no longer heard once the other has ended; null for no limit.</param>
[
    System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Design", "CA1001", Justification = "A source without a timer holds no resources.")]
internal sealed class Joined(TimeProvider time, TimeSpan idle, TimeSpan? linger)
{
    private const int BufferSize = 16 * 1024;

    /// <summary>Time for which a side is heard after the other took no more and ended: 2 s.</summary>
    public static readonly TimeSpan Unheard = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private long _lastActive = time.GetTimestamp();
    private ByteChannel? _refused; // its bytes are no longer taken
    private bool _hasEnded;
    private volatile bool _isCut;

    /// <summary>Copies in both directions to the end. Returns false if a side failed or both were silent for the idle timeout.</summary>
    /// <param name="client">The client's side.</param>
    /// <param name="fromClient">Bytes that the client has already sent, once its request is complete.</param>
    /// <param name="instance">The instance's side.</param>
    /// <param name="fromInstance">Bytes that the instance has already sent.</param>
    public async Task<bool> RunAsync(
        ByteChannel client, Task<ReadOnlyMemory<byte>> fromClient, ByteChannel instance, ReadOnlyMemory<byte> fromInstance)
    {
        var isSilent = false;
        ITimer? timer = null;
        if (idle > TimeSpan.Zero)
        {
            timer = time.CreateTimer(
                _ =>
                {
                    if (Silence >= idle)
                    {
                        isSilent = true;
                        client.Abort();
                        instance.Abort();
                    }
                },
                null,
                idle,
                TimeSpan.FromTicks(Math.Max(TimeSpan.TicksPerMillisecond * 10, idle.Ticks / 4)));
        }

        try
        {
            var both = await Task.WhenAll(
                CopyAsync(client, fromClient, instance),
                CopyAsync(instance, Task.FromResult(fromInstance), client)).ConfigureAwait(false);
            return !isSilent && both[0] && both[1];
        }
        finally
        {
            await _over.CancelAsync().ConfigureAwait(false);
            if (timer is not null)
            {
                await timer.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Records that bytes were moved.</summary>
    public void Touch() => Volatile.Write(ref _lastActive, time.GetTimestamp());

    private TimeSpan Silence => time.GetElapsedTime(Volatile.Read(ref _lastActive));

    // False if a side failed.
    private async Task<bool> CopyAsync(ByteChannel from, Task<ReadOnlyMemory<byte>> first, ByteChannel to)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var isTaken = await WriteAsync(from, await first.ConfigureAwait(false), to).ConfigureAwait(false);
            while (!_isCut && await from.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
            {
                Touch();
                isTaken = isTaken && await WriteAsync(from, buffer.AsMemory(0, count), to).ConfigureAwait(false);
            }

            await EndAsync(to, isTaken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (_isCut)
        {
            return true;
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException)
        {
            to.Abort();
            from.Abort();
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // A side that takes no more may have sent bytes that are still on their way to the other.
    private async ValueTask<bool> WriteAsync(ByteChannel from, ReadOnlyMemory<byte> bytes, ByteChannel to)
    {
        if (bytes.IsEmpty)
        {
            return true;
        }

        try
        {
            await to.WriteAsync(bytes).ConfigureAwait(false);
            Touch();
            return true;
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            lock (_gate)
            {
                _refused = from;
                if (_hasEnded)
                {
                    _ = CutAsync(from, Unheard, whenSilent: false);
                }
            }

            return false;
        }
    }

    private async ValueTask EndAsync(ByteChannel to, bool isTaken)
    {
        if (isTaken)
        {
            try
            {
                await to.EndWritingAsync().ConfigureAwait(false);
            }
            catch (Exception gone) when (gone is IOException or ObjectDisposedException)
            {
                // It takes no more; what it sent is still delivered.
            }
        }

        lock (_gate)
        {
            _hasEnded = true;
            if (_refused is { } refused)
            {
                _ = CutAsync(refused, Unheard, whenSilent: false);
            }
            else if (linger is { } rest)
            {
                _ = CutAsync(to, rest, whenSilent: true);
            }
        }
    }

    // Ends the reading of a side; what was written to it is delivered.
    private async Task CutAsync(ByteChannel side, TimeSpan after, bool whenSilent)
    {
        var left = after;
        while (left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_over.IsCancellationRequested)
            {
                return;
            }

            left = whenSilent ? after - Silence : TimeSpan.Zero;
        }

        _isCut = true;
        side.CancelRead();
    }
}
