using System.Net;
using System.Net.Sockets;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Limits;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Connects within the policy's time, to nobody else than who is meant, and says in a typed way why it could not.</summary>
internal sealed class UpstreamConnector
{
    private readonly UpstreamKey _key;
    private readonly ICertificates? _certificates;
    private readonly TimeProvider _time;

    /// <summary>The connect timeout, carried by the request that asks for the connection.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> ConnectTimeout = new("gatewaymesh-connect-timeout");

    /// <summary>The open connections of HTTP/2 that the service may have, carried likewise; absent where nothing bounds them.</summary>
    public static readonly HttpRequestOptionsKey<ConnectionPermits> Connections = new("gatewaymesh-connections");

    private readonly Func<ReachRules> _reach;
    private readonly Action _closed;
    private int _open;

    public UpstreamConnector(UpstreamKey key, ICertificates? certificates, TimeProvider time, Func<ReachRules>? reach = null)
    {
        _reach = reach ?? (static () => ReachRules.Unbounded);
        _key = key;
        _certificates = certificates;
        _time = time;
        _closed = () => Interlocked.Decrement(ref _open);
    }

    /// <summary>The <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(Connections, out var permits))
        {
            return await ConnectAsync(context, null, cancellationToken).ConfigureAwait(false);
        }

        var place = await HoldAsync(permits, cancellationToken).ConfigureAwait(false);
        try
        {
            return await ConnectAsync(context, place, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    // The first connection to an instance is never refused: requests would wait for one that idles elsewhere (as in Envoy). Further ones wait for a
    // place, and their requests meanwhile for a free stream of those that there are.
    private async ValueTask<HeldConnection> HoldAsync(ConnectionPermits permits, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _open) == 1)
        {
            permits.TakeAnyway();
        }
        else if (!permits.TryTake() && !await permits.TryWaitAsync(int.MaxValue, cancellationToken, CancellationToken.None)!.ConfigureAwait(false))
        {
            _closed();
            throw new OperationCanceledException(cancellationToken);
        }

        return new HeldConnection(permits, _closed);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, HeldConnection? place, CancellationToken cancellationToken)
    {
        var (key, certificates, time) = (_key, _certificates, _time);
        var timeout = context.InitialRequestMessage.Options.TryGetValue(ConnectTimeout, out var given) ? given : PolicyModel.Default.Timeouts.Connect;
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Socket? socket = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            LostPeer.Notice(socket, key.MayStand);
            await DialAsync(socket, context.DnsEndPoint, both.Token).ConfigureAwait(false);
            Stream stream = place is null ? new NetworkStream(socket, ownsSocket: true) : new HeldStream(socket, place);
            stream = key.Peer is { } peer && certificates is not null
                ? await MutualTls.ConnectAsync(stream, certificates, key.Identity, peer, key.Protocol == WireProtocol.Http2 ? ProtocolNames.Http2 : ProtocolNames.Http1, time, both.Token, key.Datacenter).ConfigureAwait(false)
                : stream;
            return key.Protocol == WireProtocol.Http1 ? new AnswerableStream(stream) : stream;
        }
        catch (HandshakeException error)
        {
            var failure = error.LacksOwn ? ConnectFailure.NoCertificate : error.Fault == PeerFault.None ? ConnectFailure.Handshake : ConnectFailure.PeerNotBelieved;
            throw new ConnectFailedException(failure, error);
        }
        catch (AddressRefusedException error)
        {
            socket?.Dispose();
            throw new ConnectFailedException(ConnectFailure.AddressRefused, error);
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

    // What was judged is what is dialed: a name is not resolved a second time.
    private async ValueTask DialAsync(Socket socket, DnsEndPoint target, CancellationToken cancellationToken)
    {
        if (_key.IsOwn)
        {
            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            return;
        }

        var addresses = await ReachedAddresses.OfAsync(_reach(), new HostPort(target.Host.Trim('[', ']'), target.Port), cancellationToken).ConfigureAwait(false);
        await socket.ConnectAsync(addresses, target.Port, cancellationToken).ConfigureAwait(false);
    }
}
