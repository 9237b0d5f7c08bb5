using System.Buffers;

namespace GatewayMesh.Proxy.Connections;

/// <summary>
/// Two connections joined into one stream of bytes, after 101. Each direction ends when its sender ends it, and what is outstanding is
/// delivered before; a failure of either side resets both.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="idle">Time without a byte after which both sides are reset; zero for no limit.</param>
/// <param name="linger">Time that a side has after the other has ended; null for no limit.</param>
[
    System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Design", "CA1001", Justification = "A source without a timer holds no resources.")]
internal sealed class Joined(TimeProvider time, TimeSpan idle, TimeSpan? linger)
{
    private const int BufferSize = 16 * 1024;

    private readonly CancellationTokenSource _over = new();
    private long _lastActive = time.GetTimestamp();

    /// <summary>Copies in both directions to the end. Returns false if a side failed or both were silent for the idle timeout.</summary>
    /// <param name="client">The client's side.</param>
    /// <param name="fromClient">Bytes that the client has already sent.</param>
    /// <param name="instance">The instance's side.</param>
    /// <param name="fromInstance">Bytes that the instance has already sent.</param>
    public async Task<bool> RunAsync(
        ByteChannel client, ReadOnlyMemory<byte> fromClient, ByteChannel instance, ReadOnlyMemory<byte> fromInstance)
    {
        var isSilent = false;
        ITimer? timer = null;
        if (idle > TimeSpan.Zero)
        {
            timer = time.CreateTimer(
                _ =>
                {
                    if (time.GetElapsedTime(Volatile.Read(ref _lastActive)) >= idle)
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
                CopyAsync(client, fromClient, instance, client), CopyAsync(instance, fromInstance, client, instance)).ConfigureAwait(false);
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

    private async Task EndAfterAsync(TimeSpan rest, ByteChannel other)
    {
        await Task.Delay(rest, time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_over.IsCancellationRequested)
        {
            other.Abort();
        }
    }

    private async Task<bool> CopyAsync(ByteChannel from, ReadOnlyMemory<byte> first, ByteChannel to, ByteChannel other)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            if (!first.IsEmpty)
            {
                await to.WriteAsync(first).ConfigureAwait(false);
            }

            while (true)
            {
                var count = await from.ReadAsync(buffer).ConfigureAwait(false);
                Volatile.Write(ref _lastActive, time.GetTimestamp());
                if (count == 0)
                {
                    await to.EndWritingAsync().ConfigureAwait(false);
                    if (linger is { } rest)
                    {
                        _ = EndAfterAsync(rest, to);
                    }

                    return true;
                }

                await to.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
                Volatile.Write(ref _lastActive, time.GetTimestamp());
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException)
        {
            to.Abort();
            other.Abort();
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
