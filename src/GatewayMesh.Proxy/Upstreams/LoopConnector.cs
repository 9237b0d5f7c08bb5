using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Connections;
using GatewayMesh.Proxy.Loops;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Connects on a loop within the policy's timeout, only to the intended service, and reports failures with a typed cause.
/// </summary>
/// <param name="key">Key of the pool.</param>
/// <param name="certificates">Certificates of this node; null without TLS.</param>
/// <param name="contexts">TLS contexts of this node; null without TLS.</param>
/// <param name="time">The clock.</param>
/// <param name="reach">Returns the rules for addresses.</param>
internal sealed class LoopConnector(
    UpstreamKey key, ICertificates? certificates, MeshContexts? contexts, TimeProvider time, Func<ReachRules> reach)
{
    /// <summary>Connects for HTTP/1.1; completes on the loop.</summary>
    /// <param name="loop">Loop of the connection.</param>
    /// <param name="timeout">Connect timeout, including the handshake.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="ConnectFailedException">No connection was made.</exception>
    /// <exception cref="OperationCanceledException">The attempt was canceled.</exception>
    public async ValueTask<ByteChannel> DialAsync(EventLoop loop, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var addresses = await AddressesAsync(both.Token).ConfigureAwait(false);
            await loop.SwitchTo();
            var socket = await ConnectAsync(loop, addresses, both.Token).ConfigureAwait(false);
            var channel = new ByteChannel(await SecureAsync(socket, both.Token).ConfigureAwait(false));
            if (!both.IsCancellationRequested)
            {
                return channel;
            }

            channel.Abort(); // as the token is about to do, by work that is already posted to the loop
            throw new OperationCanceledException(both.Token);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            await loop.SwitchTo();
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception failure) when (failure is not ConnectFailedException)
        {
            await loop.SwitchTo();
            throw new ConnectFailedException(limit.IsCancellationRequested ? ConnectFailure.Timeout : CauseOf(failure), failure);
        }
    }

    // The checked addresses: a name is not resolved a second time.
    private async ValueTask<IPAddress[]> AddressesAsync(CancellationToken cancellationToken)
    {
        var host = key.Address.Host.Trim('[', ']');
        return !key.IsOwn ? await ReachedAddresses.OfAsync(
            reach(), new HostPort(host, key.Address.Port), cancellationToken).ConfigureAwait(false)
            : IPAddress.TryParse(host, out var literal) ? [literal]
            : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<LoopSocket> ConnectAsync(EventLoop loop, IPAddress[] addresses, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var socket = LoopSocket.Open(loop, addresses[i].AddressFamily, key.MayStand);
                var registration = cancellationToken.UnsafeRegister(static socket => ((LoopSocket)socket!).Abort(), socket);
                await using (registration.ConfigureAwait(false))
                {
                    await socket.ConnectAsync(new IPEndPoint(addresses[i], key.Address.Port)).ConfigureAwait(false);
                }

                await loop.SwitchTo();
                return socket;
            }
            catch (LinuxException) when (i < addresses.Length - 1)
            {
                await loop.SwitchTo();
            }
        }
    }

    private async ValueTask<ByteStream> SecureAsync(LoopSocket socket, CancellationToken cancellationToken)
    {
        if (key.Peer is not { } peer || certificates is null || contexts is null)
        {
            return new PlainStream(socket);
        }

        if (certificates.Leaf(key.Identity) is not { } leaf || contexts.Client(key.Identity) is not { } context)
        {
            socket.Close();
            throw new ConnectFailedException(
                ConnectFailure.NoCertificate,
                new HandshakeException($"no valid certificate for {key.Identity}", PeerFault.None) { LacksOwn = true });
        }

        var verdict = new PeerVerdict(null, PeerFault.NoCertificate);
        var datacenter = key.Datacenter.Length == 0 ? leaf.Id.Datacenter : key.Datacenter;
        var stream = TlsStream.Connect(socket, context, (certificate, sent) =>
        {
            verdict = MutualTls.VerifyServer(certificate, sent, certificates.Trust, peer, datacenter, time);
            Dispose(certificate, sent);
            return TlsAlerts.Of(verdict.Fault);
        });
        var registration = cancellationToken.UnsafeRegister(static stream => ((TlsStream)stream!).Abort(), stream);
        try
        {
            await stream.HandshakeAsync().ConfigureAwait(false);
        }
        catch (IOException failure)
        {
            stream.Close();
            cancellationToken.ThrowIfCancellationRequested();
            var isRefused = failure is TlsException { Refused: not AlertName.None };
            var error = MutualTls.Failure(verdict, isRefused, peer, failure);
            throw new ConnectFailedException(
                error.Fault == PeerFault.None ? ConnectFailure.Handshake : ConnectFailure.PeerNotBelieved, error);
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
        }

        await socket.Loop.SwitchTo();
        return stream;
    }

    private static void Dispose(X509Certificate2 certificate, X509Certificate2Collection sent)
    {
        certificate.Dispose();
        foreach (var each in sent)
        {
            each.Dispose();
        }
    }

    private static ConnectFailure CauseOf(Exception failure) => failure switch
    {
        AddressRefusedException => ConnectFailure.AddressRefused,
        SocketException resolution => ConnectFailedException.Of(resolution.SocketErrorCode),
        LinuxException refusal => ConnectFailedException.Of(refusal),
        _ => ConnectFailure.Other,
    };
}
