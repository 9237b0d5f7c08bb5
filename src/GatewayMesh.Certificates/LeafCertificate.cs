using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Certificates;

/// <summary>
/// A service's certificate with its key and the intermediates that lead to a root. Immutable. Its text form never contains the key.
/// </summary>
public sealed class LeafCertificate
{
    private LeafCertificate(string service, SpiffeId id, X509Certificate2 certificate, SslStreamCertificateContext context)
    {
        (Service, Id, Certificate, Context) = (service, id, certificate, context);
        Fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        NotBefore = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
    }

    /// <summary>Name of the service.</summary>
    public string Service { get; }

    /// <summary>Id in the certificate.</summary>
    public SpiffeId Id { get; }

    /// <summary>Certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Certificate and intermediates, as used by a TLS stream.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>SHA-256 of the certificate, in hexadecimal.</summary>
    public string Fingerprint { get; }

    /// <summary>Start of validity.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>End of validity.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>True if the certificate is valid at <paramref name="now"/>.</summary>
    public bool IsValid(DateTimeOffset now) => now >= NotBefore && now < NotAfter;

    /// <summary>Reads certificate, intermediates, and private key (SEC1 or PKCS#8) from a single PEM text.</summary>
    /// <param name="service">Service required in the certificate.</param>
    /// <param name="pem">PEM text: the leaf first, then intermediates; the key anywhere.</param>
    /// <exception cref="CertificateException">The text is invalid, certificate and key do not match, or the certificate is for another
    /// service.</exception>
    public static LeafCertificate FromPem(string service, string pem)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            if (chain.Count == 0)
            {
                throw new CertificateException(
                    "no certificate found", "write the certificate, its intermediates and the private key into one PEM file");
            }

            var certificate = X509Certificate2.CreateFromPem(pem, pem);
            if (UriNames.Of(certificate) is not [var uri] || !SpiffeId.TryParse(uri, out var id))
            {
                throw new CertificateException(
                    "the certificate has no service id: its only URI name must be spiffe://TRUSTDOMAIN/ns/default/dc/DC/svc/NAME",
                    "issue the certificate with the mesh's authority");
            }

            if (AuthorityCertificate.Is(certificate))
            {
                throw new CertificateException(
                    "the certificate is an authority's (CA:TRUE or keyCertSign), which no peer accepts for a service",
                    $"issue a certificate for {service} without signing rights");
            }

            if (!id.Service.Equals(service, StringComparison.Ordinal))
            {
                throw new CertificateException(
                    $"the certificate is for the service {id.Service}, not for {service}", $"issue a certificate for {service}");
            }

            return new LeafCertificate(
                service, id, certificate, SslStreamCertificateContext.Create(certificate, Intermediates(chain), offline: true));
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new CertificateException(
                "certificate and private key are unreadable or do not match",
                "write the certificate, its intermediates and the private key into one PEM file");
        }
    }

    /// <summary>Service, id, and validity.</summary>
    public override string ToString() => $"{Id} until {NotAfter:O}";

    // Some authorities list the same intermediate twice.
    private static X509Certificate2Collection Intermediates(X509Certificate2Collection chain) =>
        [.. chain.Skip(1).DistinctBy(each => each.Thumbprint)];
}
