using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Certificates;

/// <summary>A service's certificate with its key and the intermediates that lead to a root. Immutable. What is printed of it never holds the key.</summary>
public sealed class LeafCertificate
{
    private LeafCertificate(string service, SpiffeId id, X509Certificate2 certificate, SslStreamCertificateContext context)
    {
        (Service, Id, Certificate, Context) = (service, id, certificate, context);
        Fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        NotBefore = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        NotAfter = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
    }

    /// <summary>The service.</summary>
    public string Service { get; }

    /// <summary>Its id.</summary>
    public SpiffeId Id { get; }

    /// <summary>The certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>What a TLS stream is given: certificate and intermediates.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>SHA-256 of the certificate, in hexadecimal digits.</summary>
    public string Fingerprint { get; }

    /// <summary>From when on it is valid.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>Until when it is valid.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Whether it is valid at <paramref name="now"/>.</summary>
    public bool IsValid(DateTimeOffset now) => now >= NotBefore && now < NotAfter;

    /// <summary>Reads certificate, intermediates and private key (SEC1 or PKCS#8) from one PEM text.</summary>
    /// <param name="service">The service that it must be of.</param>
    /// <param name="pem">The text: the leaf first, then intermediates; the key anywhere.</param>
    /// <exception cref="CertificateException">It is no such text, certificate and key do not belong together, or it is another service's.</exception>
    public static LeafCertificate FromPem(string service, string pem)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(pem);
            if (chain.Count == 0)
            {
                throw new CertificateException("there is no certificate in it", "write the certificate, its intermediates and the private key into one PEM file");
            }

            var certificate = X509Certificate2.CreateFromPem(pem, pem);
            if (UriNames.Of(certificate) is not [var uri] || !SpiffeId.TryParse(uri, out var id))
            {
                throw new CertificateException("the certificate does not say whose it is: its only URI name must be spiffe://TRUSTDOMAIN/ns/default/dc/DC/svc/NAME", "issue it by the mesh's authority");
            }

            if (AuthorityCertificate.Is(certificate))
            {
                throw new CertificateException(
                    "the certificate is an authority's (CA:TRUE or keyCertSign), which no peer believes as a service's",
                    $"issue one for {service} that may not sign others");
            }

            if (!id.Service.Equals(service, StringComparison.Ordinal))
            {
                throw new CertificateException($"the certificate is of the service {id.Service}, not of {service}", $"issue one for {service}");
            }

            return new LeafCertificate(service, id, certificate, SslStreamCertificateContext.Create(certificate, Intermediates(chain), offline: true));
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new CertificateException("certificate and private key cannot be read, or do not belong together", "write the certificate, its intermediates and the private key into one PEM file");
        }
    }

    /// <summary>Service, id and validity.</summary>
    public override string ToString() => $"{Id} until {NotAfter:O}";

    // Some authorities list the same intermediate twice.
    private static X509Certificate2Collection Intermediates(X509Certificate2Collection chain) =>
        [.. chain.Skip(1).DistinctBy(each => each.Thumbprint)];
}
