using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Certificates.Trust;

/// <summary>
/// Distinguishes authorities' certificates from peers'. Source: RFC 5280 §4.2.1.3 and §4.2.1.9; SPIFFE X.509-SVID §4.1 and §4.3.
/// </summary>
public static class AuthorityCertificate
{
    /// <summary>
    /// True if <paramref name="certificate"/> may sign others: basicConstraints CA:TRUE, or the key usage keyCertSign. Also true if either
    /// extension is unreadable, so that such a certificate is not trusted as a peer's.
    /// </summary>
    public static bool Is(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        try
        {
            foreach (var extension in certificate.Extensions)
            {
                if (extension is X509BasicConstraintsExtension { CertificateAuthority: true }
                    || (extension is X509KeyUsageExtension usage && (usage.KeyUsages & X509KeyUsageFlags.KeyCertSign) != 0))
                {
                    return true;
                }
            }

            return false;
        }
        catch (CryptographicException)
        {
            return true;
        }
    }
}
