using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Certificates.Tests;

/// <summary>The platform's TLS server with a mesh certificate, which requires one of its peer.</summary>
internal static class VerifyingServer
{
    public static SslServerAuthenticationOptions Options(ICertificates certificates, string own, Action<PeerIdentity?> judged) => new()
    {
        ServerCertificateContext = certificates.Leaf(own)!.Context,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [ProtocolNames.Http2, ProtocolNames.Http1],
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = (_, peer, chain, _) =>
        {
            var sent = chain?.ChainPolicy.ExtraStore ?? [];
            var verdict = PeerVerifier.Verify(
                peer as X509Certificate2, sent, certificates.Trust, PeerUsage.Client, TimeProvider.System.GetUtcNow());
            judged(
                verdict.IsTrusted
                    ? new PeerIdentity(verdict.Id!, (X509Certificate2)peer!, sent, certificates.Trust!, PeerUsage.Client)
                    : null);
            return verdict.IsTrusted;
        },
    };
}
