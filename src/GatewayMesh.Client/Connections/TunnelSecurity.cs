using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Client.Gateways;
using GatewayMesh.Client.Identity;
using GatewayMesh.Client.Settings;

namespace GatewayMesh.Client.Connections;

/// <summary>
/// TLS 1.3 to a gateway's tunnel with the certificate of the client's service. Verifies the gateway by its SPIFFE ID. Sessions are never
/// resumed, so every connection is fully verified.
/// </summary>
internal sealed class TunnelSecurity(IdentityFiles files, GatewayEntryTls expected, TimeProvider time)
{
    /// <summary>The ALPN protocol that marks a tunnel, as opposed to HTTP from peers.</summary>
    public static SslApplicationProtocol Protocol { get; } = new("gatewaymesh-guard/1");

    /// <summary>Secures a connection.</summary>
    /// <exception cref="DialException">
    /// A side does not trust the other, or this side has no certificate. No application data was sent.
    /// </exception>
    public async ValueTask<Stream> SecureAsync(Stream connection, TargetAddress address, CancellationToken cancellation)
    {
        var own = files.Current ?? throw Untrusted($"{files.Path} cannot be read, but gateway {address} requires a client certificate: "
            + "set clientIdentity: true for this service, and make the file readable for this process.");
        var now = time.GetUtcNow();
        if (now.UtcDateTime >= own.NotAfter || now.UtcDateTime < own.NotBefore)
        {
            throw Untrusted($"The certificate in {files.Path} is valid only from {own.NotBefore:u} to {own.NotAfter:u}.");
        }

        var refusal = "presented no certificate";
        var tls = new SslStream(connection, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    EnabledSslProtocols = SslProtocols.Tls13,
                    ApplicationProtocols = [Protocol],
                    ClientCertificateContext = own.Context,
                    AllowTlsResume = false,
                    // For the platform's own chain, built before the callback: never fetches what a certificate names.
                    CertificateChainPolicy = new X509ChainPolicy
                    {
                        TrustMode = X509ChainTrustMode.CustomRootTrust,
                        RevocationMode = X509RevocationMode.NoCheck,
                        DisableCertificateDownloads = true,
                    },
                    RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                    {
                        X509Certificate2Collection sent = chain is null ? [] : [.. chain.ChainPolicy.ExtraStore];
                        refusal = GatewayVerifier.Refusal(certificate as X509Certificate2, sent, own, expected, time.GetUtcNow());
                        return refusal is null;
                    },
                },
                cancellation).ConfigureAwait(false);
            return tls.NegotiatedApplicationProtocol == Protocol ? tls : throw Untrusted($"{address} does not accept tunnels.");
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException and not DialException)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw Untrusted(failure is AuthenticationException && refusal is not null ? $"Gateway {address} {refusal}."
                : $"Gateway {address} closed the handshake: {failure.Message}", failure);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static DialException Untrusted(string message, Exception? inner = null) => new(FailoverReason.Untrusted, message, inner);
}
