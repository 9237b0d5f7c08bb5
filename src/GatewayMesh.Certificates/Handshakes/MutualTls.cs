using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Certificates.Handshakes;

/// <summary>
/// TLS 1.3 between parts of the mesh: both sides present and verify certificates. Sessions are never resumed: a resumed session does not
/// present the certificate again, and could outlive a root.
/// </summary>
public static class MutualTls
{
    /// <summary>
    /// Connects over <paramref name="transport"/> as <paramref name="own"/> and requires the peer to be <paramref name="service"/>.
    /// </summary>
    /// <param name="transport">Connection; disposed when the handshake fails, and together with the stream.</param>
    /// <param name="certificates">Certificates and trust of this side.</param>
    /// <param name="own">Service whose identity is used.</param>
    /// <param name="service">Service required of the peer.</param>
    /// <param name="protocol">ALPN protocol.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellation">Cancels the handshake.</param>
    /// <param name="datacenter">Datacenter required of the peer. Default: empty, the local datacenter.</param>
    /// <exception cref="HandshakeException">The peer is not the required service, refuses this side, or disconnected; or this side has no
    /// valid certificate.</exception>
    /// <exception cref="OperationCanceledException">The handshake timed out.</exception>
    public static async Task<SslStream> ConnectAsync(
        Stream transport,
        ICertificates certificates,
        string own,
        string service,
        SslApplicationProtocol protocol,
        TimeProvider time,
        CancellationToken cancellation,
        string datacenter = "")
    {
        ArgumentNullException.ThrowIfNull(certificates);
        ArgumentNullException.ThrowIfNull(time);
        var verdict = new PeerVerdict(null, PeerFault.NoCertificate);
        SslStream? stream = null;
        try
        {
            var leaf = certificates.Leaf(own)
                ?? throw new HandshakeException($"no valid certificate for {own}", PeerFault.None) { LacksOwn = true };
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
                        (
                            verdict = Meant(
                                Verify(peer, chain, certificates.Trust, PeerUsage.Server, time),
                                service,
                                string.IsNullOrEmpty(datacenter) ? leaf.Id.Datacenter : datacenter)).IsTrusted,
                },
                cancellation).ConfigureAwait(false);
            return stream;
        }
        catch (Exception failure) when (
            failure is AuthenticationException or IOException and not HandshakeException or InvalidOperationException)
        {
            await DisposeAsync(stream, transport).ConfigureAwait(false);
            throw Failure(verdict, failure is AuthenticationException, service, failure);
        }
        catch
        {
            await DisposeAsync(stream, transport).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Verifies the certificate of a server, which must be <paramref name="service"/>.</summary>
    /// <param name="peer">Certificate of the server.</param>
    /// <param name="sent">Further certificates sent by the server.</param>
    /// <param name="trust">Trusted roots, or null when none are known.</param>
    /// <param name="service">Service required of the server.</param>
    /// <param name="datacenter">Datacenter required of the server.</param>
    /// <param name="time">Clock.</param>
    public static PeerVerdict VerifyServer(
        X509Certificate2? peer,
        IEnumerable<X509Certificate2> sent,
        TrustBundle? trust,
        string service,
        string datacenter,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return Meant(PeerVerifier.Verify(peer, sent, trust, PeerUsage.Server, time.GetUtcNow()), service, datacenter);
    }

    /// <summary>Creates the exception for a failed handshake with a server.</summary>
    /// <param name="verdict">Verdict on the server's certificate.</param>
    /// <param name="isRefused">True if this side refused the server.</param>
    /// <param name="service">Service required of the server.</param>
    /// <param name="failure">Exception of the handshake.</param>
    public static HandshakeException Failure(PeerVerdict verdict, bool isRefused, string service, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new HandshakeException(
            Words(verdict, service, failure), isRefused && !verdict.IsTrusted ? verdict.Fault : PeerFault.None, failure);
    }

    // The platform builds its own chain before this callback: nothing named by an untrusted certificate may be fetched.
    private static X509ChainPolicy Unaided() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };

    private static PeerVerdict Verify(X509Certificate? peer, X509Chain? chain, TrustBundle? trust, PeerUsage usage, TimeProvider time) =>
        PeerVerifier.Verify(peer as X509Certificate2, chain?.ChainPolicy.ExtraStore ?? [], trust, usage, time.GetUtcNow());

    private static PeerVerdict Meant(PeerVerdict verdict, string service, string datacenter) =>
        verdict.Id is { } id
            && (!id.Service.Equals(service, StringComparison.Ordinal) || !id.Datacenter.Equals(datacenter, StringComparison.Ordinal))
            ? verdict with { Fault = PeerFault.WrongService }
            : verdict;

    private static string Words(PeerVerdict verdict, string service, Exception failure) => verdict.Fault switch
    {
        PeerFault.WrongService => $"{verdict.Id} answered instead of {service}",
        PeerFault.None or PeerFault.NoCertificate => $"the handshake with {service} failed: {failure.Message}",
        _ => $"the certificate presented for {service} is not trusted: {verdict.Fault}",
    };

    private static ValueTask DisposeAsync(SslStream? stream, Stream transport) => stream?.DisposeAsync() ?? transport.DisposeAsync();
}
