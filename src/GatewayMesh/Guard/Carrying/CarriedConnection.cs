using System.Buffers;
using System.Net.Sockets;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Carrying;

/// <summary>
/// A carried connection: copies bytes both ways between application and tunnel until both sides have ended. A buffer is rented only while
/// bytes are in flight (a zero-byte read waits for them), so an idle connection needs no buffer. A FIN is passed on as a FIN and a reset as
/// a reset: an incomplete stream must not look complete.
/// </summary>
internal sealed class CarriedConnection(Socket application, Tunnel tunnel, TimeProvider time) : IDisposable
{
    private const int BufferSize = 16 * 1024;

    private readonly CancellationTokenSource _stop = new();
    private long _movedAt = time.GetTimestamp();
    private volatile bool _ended;

    /// <summary>Time since the last byte moved.</summary>
    internal TimeSpan Quiet => time.GetElapsedTime(Volatile.Read(ref _movedAt));

    /// <summary>Copies until both directions have ended.</summary>
    /// <returns>False when the connection broke without being ended here.</returns>
    internal async Task<bool> RunAsync()
    {
        await using var stream = new NetworkStream(application, ownsSocket: false);
        var up = CopyAsync(stream, tunnel.Stream, tunnel.EndSendingAsync);
        var down = CopyAsync(tunnel.Stream, stream, () =>
        {
            application.Shutdown(SocketShutdown.Send);
            return ValueTask.CompletedTask;
        });
        var whole = (await Task.WhenAll(up, down).ConfigureAwait(false)).All(well => well);
        if (!whole)
        {
            application.LingerState = new LingerOption(true, 0);
            tunnel.Socket.LingerState = new LingerOption(true, 0);

            // The sockets themselves: disposing a stream first shuts down its side in order, and half a request would look complete.
            application.Dispose();
            tunnel.Socket.Dispose();
        }

        return whole || _ended;
    }

    /// <summary>True if the connection's gateway is unreachable.</summary>
    internal bool IsLost => LostPeer.IsLost(tunnel.Socket);

    /// <summary>Ends the connection from this side.</summary>
    internal void End()
    {
        _ended = true;
        Break();
    }

    /// <summary>Resets the connection: its gateway is lost.</summary>
    internal void Break()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The connection ended by itself meanwhile.
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task<bool> CopyAsync(Stream from, Stream to, Func<ValueTask> end)
    {
        try
        {
            while (true)
            {
                await from.ReadAsync(Memory<byte>.Empty, _stop.Token).ConfigureAwait(false);
                var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
                try
                {
                    var count = await from.ReadAsync(buffer, _stop.Token).ConfigureAwait(false);
                    if (count == 0)
                    {
                        await end().ConfigureAwait(false);
                        return true;
                    }

                    await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token).ConfigureAwait(false);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }

                Volatile.Write(ref _movedAt, time.GetTimestamp());
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            return false;
        }
    }
}
