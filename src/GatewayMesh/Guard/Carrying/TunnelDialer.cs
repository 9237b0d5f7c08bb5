using System.Net.Sockets;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Carrying;

/// <summary>
/// Opens tunnels to gateways. Two steps, so that the slow one can be done ahead: connect (and, with certificates, the handshake in the service's
/// name), then hello and the answer byte.
/// </summary>
/// <param name="certificates">Certificates and roots; null in plaintext identity.</param>
/// <param name="gatewayService">Whom a gateway's certificate must name.</param>
/// <param name="time">The clock.</param>
/// <param name="reach">Where the registry, whose word <c>gateways.json</c> is, may lead. Default: anywhere.</param>
internal sealed class TunnelDialer(ICertificates? certificates, string gatewayService, TimeProvider time, Func<ReachRules>? reach = null)
{
    /// <summary>How long a gateway may take to accept: 100 ms, with a handshake 250 ms.</summary>
    internal TimeSpan Patience { get; } = TimeSpan.FromMilliseconds(certificates is null ? 100 : 250);

    /// <summary>Connects.</summary>
    /// <exception cref="AddressRefusedException">The address is one that this node never dials.</exception>
    /// <exception cref="SocketException">Nobody there.</exception>
    /// <exception cref="HandshakeException">It is no gateway, or does not want us; or there is no valid certificate of <paramref name="service"/>.</exception>
    /// <exception cref="OperationCanceledException">Not in time.</exception>
    internal async Task<Tunnel> ConnectAsync(string service, HostPort gateway, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            LostPeer.Notice(socket, mayStand: true); // it carries whatever the application sends
            var addresses = await ReachedAddresses.OfAsync(reach?.Invoke() ?? ReachRules.Unbounded, gateway, cancellation).ConfigureAwait(false);
            await socket.ConnectAsync(addresses, gateway.Port, cancellation).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            return new Tunnel(socket, certificates is null ? stream
                : await MutualTls.ConnectAsync(stream, certificates, service, gatewayService, ProtocolNames.Tunnel, time, cancellation).ConfigureAwait(false));
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
    internal static async Task<TunnelAnswer> HelloAsync(Tunnel tunnel, TunnelHello hello, CancellationToken cancellation)
    {
        await tunnel.Stream.WriteAsync(hello.ToBytes(), cancellation).ConfigureAwait(false);
        var answer = new byte[1];
        return await tunnel.Stream.ReadAsync(answer, cancellation).ConfigureAwait(false) == 1
            ? (TunnelAnswer)answer[0]
            : throw new IOException("the gateway closed the tunnel without an answer");
    }
}
