using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Certificates.Trust;

/// <summary>
/// Who a peer is, by its certificate: chain to a root of the bundle, time, usage, and exactly one URI name, a service's id of that root's trust domain.
/// Source: SPIFFE X.509-SVID §5; RFC 5280 §6.
/// </summary>
public static class PeerVerifier
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2", ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private const X509ChainStatusFlags Times = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotTimeNested;

    /// <summary>Verifies a peer. Names are taken as they stand in the certificate; an authority's certificate is refused as a leaf.</summary>
    /// <param name="peer">Its certificate, or null when it showed none.</param>
    /// <param name="sent">What else it sent: intermediates.</param>
    /// <param name="trust">Whom to believe, or null when nobody is known.</param>
    /// <param name="usage">Which side it is on.</param>
    /// <param name="now">The time.</param>
    public static PeerVerdict Verify(X509Certificate2? peer, IEnumerable<X509Certificate2> sent, TrustBundle? trust, PeerUsage usage, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(sent);
        if (peer is null || trust is null)
        {
            return new(null, peer is null ? PeerFault.NoCertificate : PeerFault.NoTrust);
        }

        if (Timely(peer, now) is var untimely and not PeerFault.None)
        {
            return new(null, untimely);
        }

        var root = Build(peer, sent, trust, usage, now, out var fault);
        if (root is null)
        {
            return new(null, fault);
        }

        if (AuthorityCertificate.Is(peer))
        {
            return new(null, PeerFault.Authority);
        }

        var names = UriNames.Of(peer);
        if (names.Count > 1)
        {
            return new(null, PeerFault.SeveralIdentities);
        }

        return names.Count == 0 || !SpiffeId.TryParse(names[0], out var id) ? new(null, PeerFault.NoIdentity)
            : id.TrustDomain != trust.DomainOf(root) ? new(null, PeerFault.ForeignTrustDomain)
            : new(id, PeerFault.None);
    }

    private static PeerFault Timely(X509Certificate2 certificate, DateTimeOffset now) =>
        now.UtcDateTime < certificate.NotBefore.ToUniversalTime() ? PeerFault.NotYetValid
        : now.UtcDateTime >= certificate.NotAfter.ToUniversalTime() ? PeerFault.Expired
        : PeerFault.None;

    private static X509Certificate2? Build(X509Certificate2 peer, IEnumerable<X509Certificate2> sent, TrustBundle trust, PeerUsage usage, DateTimeOffset now, out PeerFault fault)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(trust.Roots.ToArray());
        policy.ExtraStore.AddRange(trust.Intermediates.Concat(sent).ToArray());
        policy.RevocationMode = X509RevocationMode.NoCheck; // leafs live for days; whose root is gone is no longer believed
        policy.DisableCertificateDownloads = true;
        policy.VerificationTime = now.UtcDateTime;
        policy.ApplicationPolicy.Add(new Oid(usage == PeerUsage.Client ? ClientAuthentication : ServerAuthentication));
        if (chain.Build(peer))
        {
            fault = PeerFault.None;
            return trust.Roots.FirstOrDefault(root => root.RawDataMemory.Span.SequenceEqual(chain.ChainElements[^1].Certificate.RawDataMemory.Span));
        }

        var wrong = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, each) => all | each.Status);
        fault = (wrong & ~(X509ChainStatusFlags.NotValidForUsage | Times)) != 0 ? PeerFault.UnknownAuthority
            : (wrong & X509ChainStatusFlags.NotValidForUsage) != 0 ? PeerFault.WrongUsage
            : PeerFault.Expired;
        return null;
    }
}
