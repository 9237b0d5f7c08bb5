using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Certificates;

/// <summary>The certificates that a process speaks with, and whom it believes: whatever they come from, and new ones without a word.</summary>
public interface ICertificates
{
    /// <summary>Which authorities are believed; null while none is known, and then nobody is.</summary>
    TrustBundle? Trust { get; }

    /// <summary>Certificate and key of <paramref name="service"/>; null when there is none that is valid now.</summary>
    LeafCertificate? Leaf(string service);

    /// <summary>A certificate or the trust is another. Called on any thread: be quick, do not throw.</summary>
    event Action? Changed;
}
