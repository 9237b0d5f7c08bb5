using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace GatewayMesh.Proxy.Listeners;

/// <summary>
/// Adapts a transport's two pipes to the stream that <see cref="System.Net.Security.SslStream"/> reads and writes. Asynchronous only.
/// Disposing the stream leaves the pipes open.
/// </summary>
internal sealed class TransportStream(IDuplexPipe transport) : Stream
{
    private readonly PipeReader _input = transport.Input;
    private readonly PipeWriter _output = transport.Output;

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

    /// <summary>Reads available bytes. With an empty buffer, waits for bytes, so that an idle connection holds no memory.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var read = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var end = read.Buffer.Start;
            try
            {
                if (!read.Buffer.IsEmpty)
                {
                    var taken = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, buffer.Length));
                    taken.CopyTo(buffer.Span);
                    end = taken.End;
                    return (int)taken.Length;
                }

                if (read.IsCompleted)
                {
                    return 0;
                }

                if (read.IsCanceled)
                {
                    throw new OperationCanceledException("The read was canceled.");
                }
            }
            finally
            {
                _input.AdvanceTo(end);
            }
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var flush = await _output.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (flush.IsCanceled)
        {
            throw new OperationCanceledException("The write was canceled.");
        }
    }

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Does nothing: every write is flushed.</summary>
    public override void Flush()
    {
    }

    /// <summary>Does nothing: every write is flushed.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
