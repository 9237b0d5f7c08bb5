using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Certificates.Trust;

/// <summary>
/// Verifies a peer by its certificate: a chain to a trusted root, validity, usage, and exactly one URI name, a service id in the root's
/// trust domain. Source: SPIFFE X.509-SVID §5; RFC 5280 §6.
/// </summary>
public static class PeerVerifier
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2", ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private const X509ChainStatusFlags Times = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotTimeNested;

    /// <summary>
    /// Verifies a peer. Names are compared exactly as in the certificate; an authority's certificate is refused as a leaf.
    /// </summary>
    /// <param name="peer">Certificate of the peer, or null without one.</param>
    /// <param name="sent">Further certificates sent by the peer: intermediates.</param>
    /// <param name="trust">Trusted roots, or null when none are known.</param>
    /// <param name="usage">Side of the peer.</param>
    /// <param name="now">Current time.</param>
    public static PeerVerdict Verify(
        X509Certificate2? peer, IEnumerable<X509Certificate2> sent, TrustBundle? trust, PeerUsage usage, DateTimeOffset now)
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

    private static X509Certificate2? Build(
        X509Certificate2 peer,
        IEnumerable<X509Certificate2> sent,
        TrustBundle trust,
        PeerUsage usage,
        DateTimeOffset now,
        out PeerFault fault)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(trust.Roots.ToArray());
        policy.ExtraStore.AddRange(trust.Intermediates.Concat(sent).ToArray());
        policy.RevocationMode = X509RevocationMode.NoCheck; // leaf certificates live for days; removing the root revokes them
        policy.DisableCertificateDownloads = true;
        policy.VerificationTime = now.UtcDateTime;
        policy.ApplicationPolicy.Add(new Oid(usage == PeerUsage.Client ? ClientAuthentication : ServerAuthentication));
        if (chain.Build(peer))
        {
            fault = PeerFault.None;
            return trust.Roots.FirstOrDefault(
                root => root.RawDataMemory.Span.SequenceEqual(chain.ChainElements[^1].Certificate.RawDataMemory.Span));
        }

        var wrong = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, each) => all | each.Status);
        fault = (wrong & ~(X509ChainStatusFlags.NotValidForUsage | Times)) != 0 ? PeerFault.UnknownAuthority
            : (wrong & X509ChainStatusFlags.NotValidForUsage) != 0 ? PeerFault.WrongUsage
            : PeerFault.Expired;
        return null;
    }
}
