using GatewayMesh.Certificates;
using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Certificates that a pool's connections are made with. Connections do not outlive them: after the certificate is renewed or a root
/// changes, requests use new connections, and old ones are closed when their last request has ended.
/// </summary>
/// <param name="Leaf">This side's certificate; null if there is none, so that every connection fails.</param>
/// <param name="Trust">Trusted roots.</param>
internal sealed record PoolIdentity(LeafCertificate? Leaf, TrustBundle? Trust)
{
    /// <summary>Returns the identity with which <paramref name="service"/> would connect now.</summary>
    public static PoolIdentity Now(string service, ICertificates? certificates) => new(certificates?.Leaf(service), certificates?.Trust);

    /// <summary>True if the identity is still current.</summary>
    public bool Holds(string service, ICertificates? certificates) =>
        ReferenceEquals(Leaf, certificates?.Leaf(service)) && SameTrust(certificates?.Trust);

    private bool SameTrust(TrustBundle? now) => ReferenceEquals(Trust, now) || (Trust is not null && Trust.Fingerprint == now?.Fingerprint);
}
