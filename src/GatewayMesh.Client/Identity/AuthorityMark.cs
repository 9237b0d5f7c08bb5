using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Client.Identity;

/// <summary>
/// Distinguishes certificates of authorities from those of gateways. Source: RFC 5280 §4.2.1.3 and §4.2.1.9; SPIFFE X.509-SVID §4.1.
/// </summary>
internal static class AuthorityMark
{
    /// <summary>True if <paramref name="certificate"/> may sign certificates (CA:TRUE or keyCertSign).</summary>
    /// <exception cref="CryptographicException">An extension is malformed.</exception>
    public static bool Is(X509Certificate2 certificate) =>
        certificate.Extensions.Any(static extension =>
            extension is X509BasicConstraintsExtension { CertificateAuthority: true }
            || (extension is X509KeyUsageExtension usage && (usage.KeyUsages & X509KeyUsageFlags.KeyCertSign) != 0));
}
