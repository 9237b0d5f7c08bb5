using System.Runtime.CompilerServices;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Messages;
using Microsoft.AspNetCore.Connections;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// A connection of a loop as the stream that the server of HTTP/2 reads. Asynchronous only; does not own the channel.
/// </summary>
internal sealed class ChannelStream(ByteChannel channel) : AsyncReadStream
{
    private long _reads;

    /// <inheritdoc/>
    /// <exception cref="ConnectionResetException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">The read was canceled; the connection stays usable.</exception>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await channel.Loop.SwitchTo();
        try
        {
            var task = buffer.IsEmpty ? WaitAsync() : channel.ReadAsync(buffer);
            if (task.IsCompleted || !cancellationToken.CanBeCanceled)
            {
                return await task.ConfigureAwait(false);
            }

            var read = ++_reads;
            var registration = cancellationToken.UnsafeRegister(
                static (state, _) => ((ChannelStream)state!).Cancel(), this);
            try
            {
                return await task.ConfigureAwait(false);
            }
            finally
            {
                _reads = read + 1; // a cancellation on its way to the loop no longer finds this read
                await registration.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (LinuxException failure)
        {
            throw new ConnectionResetException(failure.Message, failure);
        }
    }

    private async ValueTask<int> WaitAsync()
    {
        await channel.WaitInputAsync().ConfigureAwait(false);
        return 0;
    }

    private void Cancel()
    {
        var read = Volatile.Read(ref _reads);
        channel.Loop.Post(() =>
        {
            if (read == _reads)
            {
                channel.CancelRead();
            }
        });
    }
}
