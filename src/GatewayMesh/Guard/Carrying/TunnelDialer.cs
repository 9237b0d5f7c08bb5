using System.Net.Sockets;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Carrying;

/// <summary>
/// Opens tunnels to gateways. Two steps, so that the slow one can be done ahead: connect (with mTLS later: the handshake, in a service's
/// identity), then hello and the answer byte. Identity is plaintext here: the stream is the socket's own.
/// </summary>
internal sealed class TunnelDialer
{
    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">Nobody there.</exception>
    /// <exception cref="OperationCanceledException">Not in time.</exception>
    internal static async Task<NetworkStream> ConnectAsync(HostPort gateway, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            LostPeer.Notice(socket, mayStand: true); // it carries whatever the application sends
            await socket.ConnectAsync(gateway.ToEndPoint(), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Says hello and hears the answer.</summary>
    /// <exception cref="IOException">The tunnel broke.</exception>
    /// <exception cref="OperationCanceledException">Not in time.</exception>
    internal static async Task<TunnelAnswer> HelloAsync(Stream tunnel, TunnelHello hello, CancellationToken cancellation)
    {
        await tunnel.WriteAsync(hello.ToBytes(), cancellation).ConfigureAwait(false);
        var answer = new byte[1];
        return await tunnel.ReadAsync(answer, cancellation).ConfigureAwait(false) == 1
            ? (TunnelAnswer)answer[0]
            : throw new IOException("the gateway closed the tunnel without an answer");
    }
}
