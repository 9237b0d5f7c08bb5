using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace GatewayMesh.Proxy.Connections;

/// <summary>A connection to an instance as a channel: a socket, with or without TLS.</summary>
internal sealed class StreamChannel(Socket socket, Stream stream) : IByteChannel
{
    private byte[] _joined = [];

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> into) => stream.ReadAsync(into);

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default)
    {
        if (second.IsEmpty)
        {
            await stream.WriteAsync(first).ConfigureAwait(false);
            return;
        }

        if (first.IsEmpty)
        {
            await stream.WriteAsync(second).ConfigureAwait(false);
            return;
        }

        var length = first.Length + second.Length;
        if (_joined.Length < length)
        {
            _joined = new byte[Math.Max(length, 4096)];
        }

        first.CopyTo(_joined);
        second.CopyTo(_joined.AsMemory(first.Length));
        await stream.WriteAsync(_joined.AsMemory(0, length)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>A socket's read has no cancellation that leaves the connection usable, so the connection is aborted.</remarks>
    public void CancelRead() => Abort();

    /// <inheritdoc/>
    public async ValueTask EndWritingAsync()
    {
        if (stream is SslStream tls)
        {
            await tls.ShutdownAsync().ConfigureAwait(false);
        }

        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException gone)
        {
            throw new IOException("The connection is gone.", gone);
        }
    }

    /// <inheritdoc/>
    public void Abort()
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception gone) when (gone is ObjectDisposedException or SocketException)
        {
            // Already closed or reset.
        }

        socket.Dispose();
    }

    /// <inheritdoc/>
    public ValueTask CloseAsync() => stream.DisposeAsync();
}
