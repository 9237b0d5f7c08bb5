using System.Runtime.CompilerServices;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Async;
using GatewayMesh.Proxy.Connections;
using Microsoft.AspNetCore.Connections;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// A connection of a loop as the stream that the server of HTTP/2 reads. Asynchronous only; does not own the channel.
/// </summary>
internal sealed class ChannelStream(ByteChannel channel) : Stream
{
    private long _reads;

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

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

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
