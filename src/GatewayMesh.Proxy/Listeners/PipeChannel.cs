using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using GatewayMesh.Proxy.Connections;
using Microsoft.AspNetCore.Connections;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>A connection of the server's transport as a channel.</summary>
internal sealed class PipeChannel(ConnectionContext connection) : IByteChannel
{
    private readonly PipeReader _input = connection.Transport.Input;
    private readonly PipeWriter _output = connection.Transport.Output;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> into)
    {
        while (true)
        {
            var read = await _input.ReadAsync().ConfigureAwait(false);
            var count = (int)Math.Min(read.Buffer.Length, into.Length);
            read.Buffer.Slice(0, count).CopyTo(into.Span);
            var (hasBytes, isCompleted, isCanceled) = (!read.Buffer.IsEmpty, read.IsCompleted, read.IsCanceled);
            _input.AdvanceTo(read.Buffer.GetPosition(count));
            if (isCanceled)
            {
                throw new OperationCanceledException("The read was canceled.");
            }

            if (count > 0 || isCompleted || (hasBytes && into.IsEmpty))
            {
                return count;
            }
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default)
    {
        _output.Write(first.Span);
        _output.Write(second.Span);
        var flush = await _output.FlushAsync().ConfigureAwait(false);
        if (flush.IsCompleted || flush.IsCanceled)
        {
            throw new IOException("The client reads no more.");
        }
    }

    /// <inheritdoc/>
    public void CancelRead() => _input.CancelPendingRead();

    /// <inheritdoc/>
    public ValueTask EndWritingAsync() => _output.CompleteAsync();

    /// <inheritdoc/>
    public void Abort() => connection.Abort(new ConnectionAbortedException("The exchange was aborted."));

    /// <inheritdoc/>
    public async ValueTask CloseAsync()
    {
        await _output.CompleteAsync().ConfigureAwait(false);
        await _input.CompleteAsync().ConfigureAwait(false);
    }
}
