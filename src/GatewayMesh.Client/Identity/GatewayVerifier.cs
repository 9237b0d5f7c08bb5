using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Client.Gateways;

namespace GatewayMesh.Client.Identity;

/// <summary>
/// Verifies a gateway's certificate: chain to a trusted root, time, usage, and exactly one URI name, which is the gateway's service in this
/// datacenter and in that root's trust domain.
/// </summary>
internal static class GatewayVerifier
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>The reason for refusing the certificate, as part of a sentence; null if the certificate is valid.</summary>
    /// <param name="peer">The certificate, or null if the peer sent none.</param>
    /// <param name="sent">The other certificates that the peer sent.</param>
    /// <param name="own">This side's identity and trusted roots.</param>
    /// <param name="expected">The expected identity.</param>
    /// <param name="now">The current time.</param>
    public static string? Refusal(
        X509Certificate2? peer, X509Certificate2Collection sent, ClientIdentity own, GatewayEntryTls expected, DateTimeOffset now)
    {
        if (peer is null)
        {
            return "presented no certificate";
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(own.Roots);
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.ExtraStore.AddRange(own.Intermediates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        if (!chain.Build(peer))
        {
            return "is not trusted: " + string.Join(", ", chain.ChainStatus.Select(status => status.Status));
        }

        try
        {
            return AuthorityMark.Is(peer) ? "presented the certificate of an authority"
                : Refusal(peer, chain.ChainElements[^1].Certificate, own, expected);
        }
        catch (CryptographicException)
        {
            return "presented a certificate with malformed names";
        }
    }

    private static string? Refusal(X509Certificate2 peer, X509Certificate2 root, ClientIdentity own, GatewayEntryTls expected) =>
        !SpiffeName.TryRead(peer, out var name) ? "presented a certificate without a service name"
        : name.TrustDomain != (SpiffeName.DomainOf(root) ?? expected.TrustDomain.ToLowerInvariant())
        ? $"is in trust domain {name.TrustDomain}, which is not the trust domain of its root"
        : name.Datacenter != own.Name.Datacenter || !name.Service.Equals(expected.Service, StringComparison.Ordinal)
        ? $"is {name.Service} in {name.Datacenter}, not {expected.Service} in {own.Name.Datacenter}"
        : null;
}
