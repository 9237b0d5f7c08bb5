using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Certificates;

/// <summary>Certificates and trusted roots of a process. Their source may replace them at any time.</summary>
public interface ICertificates
{
    /// <summary>Trusted roots; null while none are known, and then no peer is trusted.</summary>
    TrustBundle? Trust { get; }

    /// <summary>Certificate and key of <paramref name="service"/>; null without a currently valid certificate.</summary>
    LeafCertificate? Leaf(string service);

    /// <summary>Raised when a certificate or the trusted roots change, on any thread. Handlers must be quick and must not throw.</summary>
    event Action? Changed;
}
