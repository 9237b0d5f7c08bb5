using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Connects HTTP clients to URLs of policies, as far as <c>reach</c> permits: a writer of policies must not make a node call its own admin
/// address, or a metadata service of the cloud. A loopback address that the URL itself names is permitted, because authorization services
/// commonly run on each host; a name that resolves to one is not.
/// </summary>
/// <param name="reach">The rules.</param>
internal sealed class PolicyConnector(Func<ReachRules> reach)
{
    /// <summary>Callback for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="AddressRefusedException">The rules forbid the address.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var target = new HostPort(context.DnsEndPoint.Host.Trim('[', ']'), context.DnsEndPoint.Port);
        var addresses = await ReachedAddresses.OfUrlAsync(reach(), target, cancellation).ConfigureAwait(false);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
