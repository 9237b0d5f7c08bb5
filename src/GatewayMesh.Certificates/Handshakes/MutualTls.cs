using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Certificates.Handshakes;

/// <summary>
/// TLS 1.3 between parts of the mesh: both sides show a certificate and both verify the other's. Sessions are never resumed: a resumed one does not show
/// the peer's certificate again, and must not outlive a root.
/// </summary>
public static class MutualTls
{
    private static readonly List<SslApplicationProtocol> Served = [ProtocolNames.Tunnel, ProtocolNames.Http2, ProtocolNames.Http1];
    private static readonly List<SslApplicationProtocol> ServedWithoutTunnel = [ProtocolNames.Http2, ProtocolNames.Http1];

    /// <summary>Connects over <paramref name="transport"/> as <paramref name="own"/>, to <paramref name="service"/> and nobody else.</summary>
    /// <param name="transport">The connection; disposed when the handshake fails, and with the stream.</param>
    /// <param name="certificates">Own certificate and trust.</param>
    /// <param name="own">The service in whose name.</param>
    /// <param name="service">Whom the other side must be: this service.</param>
    /// <param name="protocol">What will be spoken.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <param name="datacenter">Of which datacenter the other side must be. Default: empty, the own.</param>
    /// <exception cref="HandshakeException">The other side is not who was meant, does not want us, or broke off; or there is no valid certificate here.</exception>
    /// <exception cref="OperationCanceledException">Not in time.</exception>
    public static async Task<SslStream> ConnectAsync(
        Stream transport, ICertificates certificates, string own, string service, SslApplicationProtocol protocol, TimeProvider time, CancellationToken cancellation, string datacenter = "")
    {
        ArgumentNullException.ThrowIfNull(certificates);
        ArgumentNullException.ThrowIfNull(time);
        var verdict = new PeerVerdict(null, PeerFault.NoCertificate);
        SslStream? stream = null;
        try
        {
            var leaf = certificates.Leaf(own) ?? throw new HandshakeException($"no valid certificate of {own} is here", PeerFault.None) { LacksOwn = true };
            stream = new SslStream(transport, leaveInnerStreamOpen: false);
            await stream.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "",
                    ApplicationProtocols = [protocol],
                    EnabledSslProtocols = SslProtocols.Tls13,
                    ClientCertificateContext = leaf.Context,
                    CertificateChainPolicy = Unaided(),
                    AllowTlsResume = false,
                    RemoteCertificateValidationCallback = (_, peer, chain, _) =>
                        (verdict = Meant(Verify(peer, chain, certificates.Trust, PeerUsage.Server, time), service, string.IsNullOrEmpty(datacenter) ? leaf.Id.Datacenter : datacenter)).IsBelieved,
                },
                cancellation).ConfigureAwait(false);
            return stream;
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException and not HandshakeException or InvalidOperationException)
        {
            await DisposeAsync(stream, transport).ConfigureAwait(false);
            throw new HandshakeException(Words(verdict, service, failure), failure is AuthenticationException && !verdict.IsBelieved ? verdict.Fault : PeerFault.None, failure);
        }
        catch
        {
            await DisposeAsync(stream, transport).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>How a listener of <paramref name="own"/> answers; null when there is no valid certificate to show.</summary>
    /// <param name="certificates">Own certificate and trust.</param>
    /// <param name="own">Whose the listener is.</param>
    /// <param name="tunnels">Whether guards' tunnels may come to it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="judged">Told of the verdict, once, and who it is; a peer that is not believed is refused.</param>
    public static SslServerAuthenticationOptions? ServerOptions(ICertificates certificates, string own, bool tunnels, TimeProvider time, Action<PeerVerdict, PeerIdentity?> judged)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        return certificates.Leaf(own) is not { } leaf ? null : new SslServerAuthenticationOptions
        {
            ServerCertificateContext = leaf.Context,
            ClientCertificateRequired = true,
            EnabledSslProtocols = SslProtocols.Tls13,
            ApplicationProtocols = tunnels ? Served : ServedWithoutTunnel,
            CertificateChainPolicy = Unaided(),
            AllowTlsResume = false,
            AllowRenegotiation = false,
            RemoteCertificateValidationCallback = (_, peer, chain, _) =>
            {
                var trust = certificates.Trust;
                var verdict = Verify(peer, chain, trust, PeerUsage.Client, time);
                judged(verdict, verdict.IsBelieved ? new PeerIdentity(verdict.Id!, (X509Certificate2)peer!, chain?.ChainPolicy.ExtraStore ?? [], trust!, PeerUsage.Client) : null);
                return verdict.IsBelieved;
            },
        };
    }

    // The platform builds a chain of its own before it asks: nothing that a stranger's certificate names may be fetched for it.
    private static X509ChainPolicy Unaided() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    private static PeerVerdict Verify(X509Certificate? peer, X509Chain? chain, TrustBundle? trust, PeerUsage usage, TimeProvider time) =>
        PeerVerifier.Verify(peer as X509Certificate2, chain?.ChainPolicy.ExtraStore ?? [], trust, usage, time.GetUtcNow());

    private static PeerVerdict Meant(PeerVerdict verdict, string service, string datacenter) =>
        verdict.Id is { } id && (!id.Service.Equals(service, StringComparison.Ordinal) || !id.Datacenter.Equals(datacenter, StringComparison.Ordinal))
            ? verdict with { Fault = PeerFault.WrongService }
            : verdict;

    private static string Words(PeerVerdict verdict, string service, Exception failure) => verdict.Fault switch
    {
        PeerFault.WrongService => $"{verdict.Id} answered where {service} was meant",
        PeerFault.None or PeerFault.NoCertificate => $"the handshake with {service} failed: {failure.Message}",
        _ => $"the certificate shown for {service} is not believed: {verdict.Fault}",
    };

    private static ValueTask DisposeAsync(SslStream? stream, Stream transport) => stream?.DisposeAsync() ?? transport.DisposeAsync();
}
