namespace GatewayMesh.Identity;

/// <summary>A root trusted by this node, at one moment.</summary>
/// <param name="Subject">Subject.</param>
/// <param name="TrustDomain">Trust domain.</param>
/// <param name="Fingerprint">SHA-256 fingerprint, in hexadecimal digits.</param>
/// <param name="NotBefore">Start of validity.</param>
/// <param name="NotAfter">End of validity.</param>
/// <param name="State">State.</param>
internal sealed record RootCertificate(
    string Subject, string TrustDomain, string Fingerprint, DateTimeOffset NotBefore, DateTimeOffset NotAfter, CertificateState State);
