using System.Net.Sockets;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Carrying;

/// <summary>
/// Opens tunnels to gateways in two steps, so that the slow step can be done ahead: connect (with certificates also the handshake in the
/// service's name), then hello and the response byte.
/// </summary>
/// <param name="certificates">Certificates and roots; null with plaintext identity.</param>
/// <param name="gatewayService">Service that a gateway's certificate must name.</param>
/// <param name="time">The clock.</param>
/// <param name="reach">Addresses that <c>gateways.json</c>, which comes from the registry, may name. Default: any.</param>
internal sealed class TunnelDialer(ICertificates? certificates, string gatewayService, TimeProvider time, Func<ReachRules>? reach = null)
{
    /// <summary>Time limit for a gateway to accept: 100 ms, or 250 ms with a handshake.</summary>
    internal TimeSpan Patience { get; } = TimeSpan.FromMilliseconds(certificates is null ? 100 : 250);

    /// <summary>Connects.</summary>
    /// <exception cref="AddressRefusedException">The node refuses to dial the address.</exception>
    /// <exception cref="SocketException">The connect failed.</exception>
    /// <exception cref="HandshakeException">The peer is not a gateway or refuses this node, or <paramref name="service"/> has no valid
    /// certificate.</exception>
    /// <exception cref="OperationCanceledException">The time limit passed.</exception>
    internal async Task<Tunnel> ConnectAsync(string service, HostPort gateway, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            LostPeer.Notice(socket, mayStand: true); // it carries the application's bytes
            var addresses = await ReachedAddresses.OfAsync(
                reach?.Invoke() ?? ReachRules.Unbounded, gateway, cancellation).ConfigureAwait(false);
            await socket.ConnectAsync(addresses, gateway.Port, cancellation).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            return new Tunnel(socket, certificates is null ? stream
                : await MutualTls.ConnectAsync(
                    stream, certificates, service, gatewayService, ProtocolNames.Tunnel, time, cancellation).ConfigureAwait(false));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends the hello and reads the response.</summary>
    /// <exception cref="IOException">The tunnel broke.</exception>
    /// <exception cref="OperationCanceledException">The time limit passed.</exception>
    internal static async Task<TunnelAnswer> HelloAsync(Tunnel tunnel, TunnelHello hello, CancellationToken cancellation)
    {
        await tunnel.Stream.WriteAsync(hello.ToBytes(), cancellation).ConfigureAwait(false);
        var answer = new byte[1];
        return await tunnel.Stream.ReadAsync(answer, cancellation).ConfigureAwait(false) == 1
            ? (TunnelAnswer)answer[0]
            : throw new IOException("the gateway closed the tunnel without a response");
    }
}
