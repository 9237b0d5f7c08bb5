using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GatewayMesh.Certificates.Trust;

/// <summary>Trusted roots, including the previous roots of a rotation. Immutable.</summary>
public sealed class TrustBundle
{
    private const string DomainLine = "TrustDomain:";

    private TrustBundle(string trustDomain, ImmutableArray<X509Certificate2> roots, ImmutableArray<X509Certificate2> intermediates)
    {
        (TrustDomain, Roots, Intermediates) = (trustDomain, roots, intermediates);
        Fingerprint = Convert.ToHexString(
            SHA256.HashData([.. roots.Select(root => root.Thumbprint).Order(StringComparer.Ordinal).SelectMany(Encoding.ASCII.GetBytes)]));
    }

    /// <summary>Trust domain of the first root.</summary>
    public string TrustDomain { get; }

    /// <summary>Self-signed certificates.</summary>
    public ImmutableArray<X509Certificate2> Roots { get; }

    /// <summary>Intermediates between a leaf and a root, for peers that do not send them.</summary>
    public ImmutableArray<X509Certificate2> Intermediates { get; }

    /// <summary>Digest of the roots; equal roots have an equal fingerprint.</summary>
    public string Fingerprint { get; }

    /// <summary>
    /// Reads certificates from a PEM text. The trust domain of a root is its own id (<c>spiffe://TRUSTDOMAIN</c>). For roots without an id,
    /// such as those of external authorities, a line <c>TrustDomain: NAME</c> before the first certificate declares the trust domain.
    /// </summary>
    /// <exception cref="CertificateException">The text contains no root, or no trust domain is declared.</exception>
    public static TrustBundle FromPem(string pem)
    {
        ArgumentNullException.ThrowIfNull(pem);
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            throw new CertificateException("a certificate is unreadable", "write the roots as PEM, one after another");
        }

        ImmutableArray<X509Certificate2> distinct = [.. all.DistinctBy(each => each.Thumbprint)];
        ImmutableArray<X509Certificate2> roots = [.. distinct.Where(IsSelfSigned)];
        if (roots.IsEmpty)
        {
            throw new CertificateException("no root certificate found", "add at least one self-signed certificate of an authority");
        }

        var domain = roots.Select(OwnDomainOf).FirstOrDefault(own => own is not null) ?? SaidDomain(pem)
            ?? throw new CertificateException(
                "no root declares a trust domain", $"add a line `{DomainLine} NAME` before the first certificate");
        return new TrustBundle(domain, roots, [.. distinct.Where(each => !IsSelfSigned(each))]);
    }

    /// <summary>Trust domain of <paramref name="root"/>.</summary>
    public string DomainOf(X509Certificate2 root) => OwnDomainOf(root) ?? TrustDomain;

    private static bool IsSelfSigned(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static string? OwnDomainOf(X509Certificate2 root) => UriNames.Of(root) is [var uri] ? SpiffeId.TrustDomainOf(uri) : null;

    private static string? SaidDomain(string pem)
    {
        foreach (var line in pem.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("-----BEGIN", StringComparison.Ordinal))
            {
                return null;
            }

            if (line.StartsWith(DomainLine, StringComparison.OrdinalIgnoreCase))
            {
                // a comment line, not a certificate
                return SpiffeId.TrustDomainOf("spiffe://" + line[DomainLine.Length..].Trim().ToString().ToLowerInvariant());
            }
        }

        return null;
    }
}
