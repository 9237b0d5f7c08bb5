using System.Net.Sockets;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Connects within the policy's time, to nobody else than who is meant, and says in a typed way why it could not.</summary>
internal sealed class UpstreamConnector(UpstreamKey key, ICertificates? certificates, TimeProvider time)
{
    /// <summary>The connect timeout, carried by the request that asks for the connection.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> ConnectTimeout = new("gatewaymesh-connect-timeout");

    /// <summary>The <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var timeout = context.InitialRequestMessage.Options.TryGetValue(ConnectTimeout, out var given) ? given : PolicyModel.Default.Timeouts.Connect;
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Socket? socket = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            LostPeer.Notice(socket, key.MayStand);
            await socket.ConnectAsync(context.DnsEndPoint, both.Token).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            return key.Peer is { } peer && certificates is not null
                ? await MutualTls.ConnectAsync(stream, certificates, key.Identity, peer, key.Protocol == WireProtocol.Http2 ? ProtocolNames.Http2 : ProtocolNames.Http1, time, both.Token).ConfigureAwait(false)
                : stream;
        }
        catch (HandshakeException error)
        {
            var failure = error.LacksOwn ? ConnectFailure.NoCertificate : error.Fault == PeerFault.None ? ConnectFailure.Handshake : ConnectFailure.PeerNotBelieved;
            throw new ConnectFailedException(failure, error);
        }
        catch (SocketException error)
        {
            socket?.Dispose();
            throw new ConnectFailedException(ConnectFailedException.Of(error.SocketErrorCode), error);
        }
        catch (OperationCanceledException error) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            socket?.Dispose();
            throw new ConnectFailedException(ConnectFailure.Timeout, error);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }
}
