using System.Net.Security;
using System.Net.Sockets;

namespace GatewayMesh.Guard.Carrying;

/// <summary>A connection to a gateway: the socket's own stream with plaintext identity, otherwise TLS over it.</summary>
/// <param name="Socket">The socket.</param>
/// <param name="Stream">Stream to read and write; disposes the socket.</param>
internal sealed record Tunnel(Socket Socket, Stream Stream) : IAsyncDisposable, IDisposable
{
    /// <summary>Ends the sending side. The receiving side stays open.</summary>
    internal async ValueTask EndSendingAsync()
    {
        if (Stream is SslStream tls)
        {
            await tls.ShutdownAsync().ConfigureAwait(false);
        }

        Socket.Shutdown(SocketShutdown.Send);
    }

    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    public void Dispose() => Stream.Dispose();
}
