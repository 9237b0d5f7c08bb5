using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace GatewayMesh.Certificates.Trust;

/// <summary>The authorities that are believed, the old ones of a rotation among them. Immutable.</summary>
public sealed class TrustBundle
{
    private const string DomainLine = "TrustDomain:";

    private TrustBundle(string trustDomain, ImmutableArray<X509Certificate2> roots, ImmutableArray<X509Certificate2> intermediates)
    {
        (TrustDomain, Roots, Intermediates) = (trustDomain, roots, intermediates);
        Fingerprint = Convert.ToHexString(SHA256.HashData([.. roots.Select(root => root.Thumbprint).Order(StringComparer.Ordinal).SelectMany(Encoding.ASCII.GetBytes)]));
    }

    /// <summary>The mesh that the first root speaks for.</summary>
    public string TrustDomain { get; }

    /// <summary>The self-signed certificates.</summary>
    public ImmutableArray<X509Certificate2> Roots { get; }

    /// <summary>What else may stand between a leaf and a root: a peer may not send it.</summary>
    public ImmutableArray<X509Certificate2> Intermediates { get; }

    /// <summary>Digest of the roots: equal roots, equal fingerprint.</summary>
    public string Fingerprint { get; }

    /// <summary>
    /// Reads certificates from a PEM text. The trust domain of a root is its own id (<c>spiffe://TRUSTDOMAIN</c>); for roots without one, as those of
    /// external authorities, a line <c>TrustDomain: NAME</c> before the first certificate says it.
    /// </summary>
    /// <exception cref="CertificateException">There is no root in it, or nothing says of which trust domain.</exception>
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
            throw new CertificateException("a certificate cannot be read", "write the roots as PEM, one after the other");
        }

        ImmutableArray<X509Certificate2> distinct = [.. all.DistinctBy(each => each.Thumbprint)];
        ImmutableArray<X509Certificate2> roots = [.. distinct.Where(IsSelfSigned)];
        if (roots.IsEmpty)
        {
            throw new CertificateException("there is no root certificate in it", "write at least one self-signed certificate of an authority");
        }

        var domain = roots.Select(OwnDomainOf).FirstOrDefault(own => own is not null) ?? SaidDomain(pem)
            ?? throw new CertificateException("no root says for which trust domain it speaks", $"write a line `{DomainLine} NAME` before the first certificate");
        return new TrustBundle(domain, roots, [.. distinct.Where(each => !IsSelfSigned(each))]);
    }

    /// <summary>The trust domain that <paramref name="root"/> speaks for.</summary>
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
                return SpiffeId.TrustDomainOf("spiffe://" + line[DomainLine.Length..].Trim().ToString().ToLowerInvariant()); // a line for people, no certificate
            }
        }

        return null;
    }
}
