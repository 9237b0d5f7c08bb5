using System.Net.Security;
using System.Net.Sockets;

namespace GatewayMesh.Guard.Carrying;

/// <summary>A connection to a gateway: in plaintext identity the socket's own stream, otherwise TLS over it.</summary>
/// <param name="Socket">The socket.</param>
/// <param name="Stream">What is written to and read from; disposes the socket.</param>
internal sealed record Tunnel(Socket Socket, Stream Stream) : IAsyncDisposable, IDisposable
{
    /// <summary>Says that nothing more comes from this side; the other may go on.</summary>
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
