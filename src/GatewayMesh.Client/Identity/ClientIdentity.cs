using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Client.Identity;

/// <summary>This service's certificate with its key, and the trusted roots. Immutable. Its text form contains no key.</summary>
internal sealed class ClientIdentity
{
    private ClientIdentity(
        SpiffeName name, X509Certificate2 certificate, SslStreamCertificateContext context, X509Certificate2Collection trusted)
    {
        Name = name;
        Context = context;
        (NotBefore, NotAfter) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        Roots = [.. trusted.Where(IsSelfSigned)];
        Intermediates = [.. trusted.Where(each => !IsSelfSigned(each))];
        RootsMark = Convert.ToHexString(
            SHA256.HashData(
                [
                    .. Roots.Select(root => root.Thumbprint)
                        .Order(StringComparer.Ordinal)
                        .SelectMany(thumbprint => Convert.FromHexString(thumbprint))]));
    }

    /// <summary>The identity of this service.</summary>
    public SpiffeName Name { get; }

    /// <summary>Certificate and intermediates for a TLS stream.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Start of the certificate's validity, in UTC.</summary>
    public DateTime NotBefore { get; }

    /// <summary>End of the certificate's validity, in UTC.</summary>
    public DateTime NotAfter { get; }

    /// <summary>The trusted authorities.</summary>
    public X509Certificate2Collection Roots { get; }

    /// <summary>Intermediates between gateway certificates and roots, which peers do not always send.</summary>
    public X509Certificate2Collection Intermediates { get; }

    /// <summary>Fingerprint of the set of roots: equal for equal sets.</summary>
    public string RootsMark { get; }

    /// <summary>Parses the contents of both files.</summary>
    /// <exception cref="CryptographicException">A file is invalid.</exception>
    public static ClientIdentity Read(string identityPem, string rootsPem)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(identityPem);
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(rootsPem);
        var certificate = X509Certificate2.CreateFromPem(identityPem, identityPem);
        var identity = SpiffeName.TryRead(certificate, out var name)
            ? new ClientIdentity(
                name,
                certificate,
                SslStreamCertificateContext.Create(certificate, [.. chain.Skip(1).DistinctBy(each => each.Thumbprint)], offline: true),
                trusted)
            : throw new CryptographicException("The certificate does not name a service.");
        return identity.Roots.Count > 0 ? identity : throw new CryptographicException("The roots file contains no root.");
    }

    /// <summary>Name and validity.</summary>
    public override string ToString() => $"{Name} until {NotAfter:u}";

    private static bool IsSelfSigned(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
