using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// With what a pool's connections are made. They do not outlive it: when the certificate is renewed, or a root comes or goes, requests go on over new ones,
/// and the old ones are closed when the last request on them is through.
/// </summary>
/// <param name="Leaf">The own certificate; null when there is none, and then every connection fails.</param>
/// <param name="Trust">Whom to believe.</param>
internal sealed record PoolIdentity(LeafCertificate? Leaf, TrustBundle? Trust)
{
    /// <summary>What <paramref name="service"/> would connect with now.</summary>
    public static PoolIdentity Now(string service, ICertificates? certificates) => new(certificates?.Leaf(service), certificates?.Trust);

    /// <summary>Whether it still holds.</summary>
    public bool Holds(string service, ICertificates? certificates) =>
        ReferenceEquals(Leaf, certificates?.Leaf(service)) && SameTrust(certificates?.Trust);

    private bool SameTrust(TrustBundle? now) => ReferenceEquals(Trust, now) || (Trust is not null && Trust.Fingerprint == now?.Fingerprint);
}
