using GatewayMesh.Configuration.Snapshot;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>Connects within the policy's timeout, only to the intended service, and reports failures with a typed cause.</summary>
internal sealed class UpstreamConnector
{
    private readonly UpstreamKey _key;
    private readonly ICertificates? _certificates;
    private readonly TimeProvider _time;

    /// <summary>Connect timeout, an option of the request that asks for the connection.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> ConnectTimeout = new("gatewaymesh-connect-timeout");

    /// <summary>Permits for open HTTP/2 connections to the service, an option of the request; absent if unlimited.</summary>
    public static readonly HttpRequestOptionsKey<ConnectionPermits> Connections = new("gatewaymesh-connections");

    private readonly Func<ReachRules> _reach;
    private readonly Action _closed;
    private readonly LoopConnector _loops;
    private int _open;

    public UpstreamConnector(
        UpstreamKey key, ICertificates? certificates, TimeProvider time, MeshContexts? contexts = null, Func<ReachRules>? reach = null)
    {
        _reach = reach ?? (static () => ReachRules.Unbounded);
        _key = key;
        _certificates = certificates;
        _time = time;
        _loops = new LoopConnector(key, certificates, contexts, time, _reach);
        _closed = () => Interlocked.Decrement(ref _open);
    }

    /// <summary>Callback for <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(Connections, out var permits))
        {
            return await ConnectAsync(context, null, cancellationToken).ConfigureAwait(false);
        }

        var permit = await HoldAsync(permits, cancellationToken).ConfigureAwait(false);
        try
        {
            return await ConnectAsync(context, permit, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            permit.Dispose();
            throw;
        }
    }

    // The first connection to an instance is never refused: its requests would wait for a connection that is idle elsewhere (as in Envoy).
    // Further connections wait for a permit, and meanwhile their requests wait for a free stream on the existing ones.
    private async ValueTask<HeldConnection> HoldAsync(ConnectionPermits permits, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _open) == 1)
        {
            permits.TakeAnyway();
        }
        else if (!permits.TryTake()
            && !await permits.TryWaitAsync(int.MaxValue, cancellationToken, CancellationToken.None)!.ConfigureAwait(false))
        {
            _closed();
            throw new OperationCanceledException(cancellationToken);
        }

        return new HeldConnection(permits, _closed);
    }

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, HeldConnection? permit, CancellationToken cancellationToken)
    {
        var timeout = context.InitialRequestMessage.Options.TryGetValue(ConnectTimeout, out var given)
            ? given
            : PolicyModel.Default.Timeouts.Connect;
        var (_, stream) = await DialAsync(timeout, permit, cancellationToken).ConfigureAwait(false);
        return _key.Protocol == WireProtocol.Http1 ? new AnswerableStream(stream) : stream;
    }

    /// <summary>Connects for HTTP/1.1.</summary>
    /// <param name="loop">Loop of the connection.</param>
    /// <param name="timeout">Connect timeout, including the handshake.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="ConnectFailedException">No connection was made.</exception>
    public ValueTask<ByteChannel> DialAsync(EventLoop loop, TimeSpan timeout, CancellationToken cancellationToken) =>
        _loops.DialAsync(loop, timeout, cancellationToken);

    private async ValueTask<(Socket Socket, Stream Stream)> DialAsync(
        TimeSpan timeout, HeldConnection? permit, CancellationToken cancellationToken)
    {
        var (key, certificates, time) = (_key, _certificates, _time);
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Socket? socket = null;
        try
        {
            socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            LostPeer.Notice(socket, key.MayStand);
            await ConnectAsync(socket, both.Token).ConfigureAwait(false);
            Stream stream = permit is null ? new NetworkStream(socket, ownsSocket: true) : new HeldStream(socket, permit);
            stream = key.Peer is { } peer && certificates is not null
                ? await MutualTls.ConnectAsync(
                    stream,
                    certificates,
                    key.Identity,
                    peer,
                    key.Protocol == WireProtocol.Http2 ? ProtocolNames.Http2 : ProtocolNames.Http1,
                    time,
                    both.Token,
                    key.Datacenter).ConfigureAwait(false)
                : stream;
            return (socket, stream);
        }
        catch (HandshakeException error)
        {
            var failure = error.LacksOwn
                ? ConnectFailure.NoCertificate
                : error.Fault == PeerFault.None
                ? ConnectFailure.Handshake
                : ConnectFailure.PeerNotBelieved;
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

    // Connects to the checked addresses: a name is not resolved a second time.
    private async ValueTask ConnectAsync(Socket socket, CancellationToken cancellationToken)
    {
        var (host, port) = (_key.Address.Host.Trim('[', ']'), _key.Address.Port);
        if (_key.IsOwn)
        {
            await socket.ConnectAsync(new DnsEndPoint(host, port), cancellationToken).ConfigureAwait(false);
            return;
        }

        var addresses = await ReachedAddresses.OfAsync(_reach(), new HostPort(host, port), cancellationToken).ConfigureAwait(false);
        await socket.ConnectAsync(addresses, port, cancellationToken).ConfigureAwait(false);
    }
}
