namespace GatewayMesh.Identity;

/// <summary>A root that this node believes, at one moment.</summary>
/// <param name="Subject">Its name.</param>
/// <param name="TrustDomain">The trust domain that it speaks for.</param>
/// <param name="Fingerprint">SHA-256 of it, in hexadecimal digits.</param>
/// <param name="NotBefore">When it begins.</param>
/// <param name="NotAfter">When it ends.</param>
/// <param name="State">How it is.</param>
internal sealed record RootCertificate(string Subject, string TrustDomain, string Fingerprint, DateTimeOffset NotBefore, DateTimeOffset NotAfter, CertificateState State);
