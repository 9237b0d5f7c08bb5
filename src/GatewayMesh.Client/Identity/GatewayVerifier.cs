using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Client.Gateways;

namespace GatewayMesh.Client.Identity;

/// <summary>
/// Whether who answers is the gateway: chain to a root that is believed, time, usage, and exactly one URI name, which is the gateway's service in the own
/// datacenter and in that root's trust domain.
/// </summary>
internal static class GatewayVerifier
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Why it is not believed, in words; null when it is.</summary>
    /// <param name="peer">Its certificate, or null when it showed none.</param>
    /// <param name="sent">What else it sent.</param>
    /// <param name="own">Who asks, and whom it believes.</param>
    /// <param name="expected">Who is meant.</param>
    /// <param name="now">The time.</param>
    public static string? Refusal(X509Certificate2? peer, X509Certificate2Collection sent, ClientIdentity own, GatewayEntryTls expected, DateTimeOffset now)
    {
        if (peer is null)
        {
            return "shows no certificate";
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
            return "is not believed: " + string.Join(", ", chain.ChainStatus.Select(status => status.Status));
        }

        try
        {
            return AuthorityMark.Is(peer) ? "shows an authority's certificate, which is nobody's own" : Refusal(peer, chain.ChainElements[^1].Certificate, own, expected);
        }
        catch (CryptographicException)
        {
            return "has names that cannot be read";
        }
    }

    private static string? Refusal(X509Certificate2 peer, X509Certificate2 root, ClientIdentity own, GatewayEntryTls expected) =>
        !SpiffeName.TryRead(peer, out var name) ? "says not who it is"
        : name.TrustDomain != (SpiffeName.DomainOf(root) ?? expected.TrustDomain.ToLowerInvariant()) ? $"is of the trust domain {name.TrustDomain}, for which its root does not speak"
        : name.Datacenter != own.Name.Datacenter || !name.Service.Equals(expected.Service, StringComparison.Ordinal) ? $"is {name.Service} of {name.Datacenter}, not {expected.Service} of {own.Name.Datacenter}"
        : null;
}
