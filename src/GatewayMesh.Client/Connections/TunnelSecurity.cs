using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Client.Gateways;
using GatewayMesh.Client.Identity;
using GatewayMesh.Client.Settings;

namespace GatewayMesh.Client.Connections;

/// <summary>TLS 1.3 to a gateway's tunnel with the own service's certificate; the gateway is verified by its id. No session is resumed, so each is verified whole.</summary>
internal sealed class TunnelSecurity(IdentityFiles files, GatewayEntryTls expected, TimeProvider time)
{
    /// <summary>The name by which a gateway tells a tunnel from its peers' HTTP.</summary>
    public static SslApplicationProtocol Protocol { get; } = new("gatewaymesh-guard/1");

    /// <summary>The connection, secured.</summary>
    /// <exception cref="DialException">One of the two is not believed, or we have no certificate. Nothing of the application was sent.</exception>
    public async ValueTask<Stream> SecureAsync(Stream connection, TargetAddress address, CancellationToken cancellation)
    {
        var own = files.Current ?? throw Untrusted($"{files.Path} cannot be read, and the gateway {address} speaks to services with a certificate alone: set clientIdentity: true for the own service, and let this process read the file.");
        var now = time.GetUtcNow();
        if (now.UtcDateTime >= own.NotAfter || now.UtcDateTime < own.NotBefore)
        {
            throw Untrusted($"The own certificate in {files.Path} is valid from {own.NotBefore:u} to {own.NotAfter:u}, which is not now.");
        }

        var refusal = "shows no certificate";
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
                    CertificateChainPolicy = new X509ChainPolicy // the platform's own chain, before we are asked: nothing that a certificate names is fetched for it
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
            return tls.NegotiatedApplicationProtocol == Protocol ? tls : throw Untrusted($"{address} takes no tunnels.");
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException and not DialException)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw Untrusted(failure is AuthenticationException && refusal is not null ? $"The gateway {address} {refusal}." : $"The gateway {address} ended the handshake: {failure.Message}", failure);
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static DialException Untrusted(string message, Exception? inner = null) => new(FailoverReason.Untrusted, message, inner);
}
