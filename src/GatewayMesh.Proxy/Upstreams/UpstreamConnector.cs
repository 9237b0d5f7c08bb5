using System.Net.Sockets;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Linux;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Connects within the policy's time and says in a typed way why it could not.</summary>
internal sealed class UpstreamConnector(TimeProvider time, bool mayStand)
{
    /// <summary>The connect timeout, carried by the request that asks for the connection.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> ConnectTimeout = new("gatewaymesh-connect-timeout");

    /// <summary>The <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var timeout = context.InitialRequestMessage.Options.TryGetValue(ConnectTimeout, out var given) ? given : PolicyModel.Default.ConnectTimeout;
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Socket? socket = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            LostPeer.Notice(socket, mayStand);
            await socket.ConnectAsync(context.DnsEndPoint, both.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
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
