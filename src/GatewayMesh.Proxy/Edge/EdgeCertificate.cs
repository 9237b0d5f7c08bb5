using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Proxy.Edge;

/// <summary>A public certificate with its key, read from files. Immutable. What is printed of it never holds the key.</summary>
internal sealed class EdgeCertificate
{
    private const string SubjectAlternativeName = "2.5.29.17";

    private EdgeCertificate(string file, X509Certificate2 certificate, X509Certificate2Collection intermediates, SslCertificateTrust? trust)
    {
        File = file;
        Certificate = certificate;
        Names = NamesOf(certificate);
        Context = SslStreamCertificateContext.Create(certificate, intermediates, offline: true, trust);
    }

    /// <summary>The file of the certificate.</summary>
    public string File { get; }

    /// <summary>The certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>What a TLS stream is given.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>The names that it is for, some of them <c>*.SUFFIX</c>; its common name where it has no others.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Reads it; null when it cannot be used, and then <paramref name="errors"/> say why.</summary>
    /// <param name="spec">The files.</param>
    /// <param name="trust">Whose certificates clients are asked for, or null.</param>
    /// <param name="errors">What is wrong is added.</param>
    public static EdgeCertificate? Read(CertificateFileSpec spec, SslCertificateTrust? trust, ICollection<ConfigError> errors)
    {
        var certificate = PemFile.Read(spec.Cert, spec.Location, spec.Path + ".cert", errors);
        var key = PemFile.Read(spec.Key, spec.Location, spec.Path + ".key", errors);
        if (certificate is null || key is null)
        {
            return null;
        }

        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(certificate);
        }
        catch (CryptographicException)
        {
            chain.Clear();
        }

        if (chain.Count == 0)
        {
            errors.Add(new ConfigError(spec.Location, spec.Path + ".cert", $"{spec.Cert} holds no certificate that can be read", "write the certificate and its intermediates in PEM (-----BEGIN CERTIFICATE-----)"));
            return null;
        }

        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            errors.Add(new ConfigError(spec.Location, spec.Path + ".key", $"{spec.Key} is encrypted", "decrypt it (openssl pkey -in FILE -out FILE) and give it mode 0600"));
            return null;
        }

        try
        {
            return new EdgeCertificate(spec.Cert, X509Certificate2.CreateFromPem(certificate, key), [.. chain.Skip(1)], trust);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            errors.Add(new ConfigError(spec.Location, spec.Path + ".key", $"{spec.Key} holds no private key that belongs to {spec.Cert}", "write the key of this certificate in PEM (-----BEGIN PRIVATE KEY-----)"));
            return null;
        }
    }

    /// <summary>Its names and its end.</summary>
    public override string ToString() => $"{string.Join(", ", Names)} until {Certificate.NotAfter.ToUniversalTime():O}";

    private static ImmutableArray<string> NamesOf(X509Certificate2 certificate)
    {
        var san = certificate.Extensions.FirstOrDefault(extension => extension.Oid?.Value == SubjectAlternativeName);
        if (san is null)
        {
            return certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false) is { Length: > 0 } common ? [common] : [];
        }

        return [.. new X509SubjectAlternativeNameExtension(san.RawData, san.Critical).EnumerateDnsNames()];
    }
}
