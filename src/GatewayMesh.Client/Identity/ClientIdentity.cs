using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Client.Identity;

/// <summary>The own service's certificate with its key, and the roots that are believed. Immutable. What is printed of it holds no key.</summary>
internal sealed class ClientIdentity
{
    private ClientIdentity(SpiffeName name, X509Certificate2 certificate, SslStreamCertificateContext context, X509Certificate2Collection trusted)
    {
        Name = name;
        Context = context;
        (NotBefore, NotAfter) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        Roots = [.. trusted.Where(IsSelfSigned)];
        Intermediates = [.. trusted.Where(each => !IsSelfSigned(each))];
        RootsMark = Convert.ToHexString(SHA256.HashData([.. Roots.Select(root => root.Thumbprint).Order(StringComparer.Ordinal).SelectMany(thumbprint => Convert.FromHexString(thumbprint))]));
    }

    /// <summary>Who the own service is.</summary>
    public SpiffeName Name { get; }

    /// <summary>What a TLS stream is given: certificate and intermediates.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>From when on the certificate is valid, in UTC.</summary>
    public DateTime NotBefore { get; }

    /// <summary>Until when, in UTC.</summary>
    public DateTime NotAfter { get; }

    /// <summary>The authorities that are believed.</summary>
    public X509Certificate2Collection Roots { get; }

    /// <summary>What may stand between a gateway's certificate and a root, and is not always sent.</summary>
    public X509Certificate2Collection Intermediates { get; }

    /// <summary>Equal roots, equal mark.</summary>
    public string RootsMark { get; }

    /// <summary>Reads both files' contents.</summary>
    /// <exception cref="CryptographicException">One is not what the sidecar writes.</exception>
    public static ClientIdentity Read(string identityPem, string rootsPem)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(identityPem);
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(rootsPem);
        var certificate = X509Certificate2.CreateFromPem(identityPem, identityPem);
        var identity = SpiffeName.TryRead(certificate, out var name)
            ? new ClientIdentity(name, certificate, SslStreamCertificateContext.Create(certificate, [.. chain.Skip(1).DistinctBy(each => each.Thumbprint)], offline: true), trusted)
            : throw new CryptographicException("The certificate is no service's.");
        return identity.Roots.Count > 0 ? identity : throw new CryptographicException("There is no root.");
    }

    /// <summary>Name and validity.</summary>
    public override string ToString() => $"{Name} until {NotAfter:u}";

    private static bool IsSelfSigned(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);
}
