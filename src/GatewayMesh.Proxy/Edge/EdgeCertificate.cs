using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Proxy.Edge;

/// <summary>A public certificate with its key, read from files. Immutable. Its text form never contains the key.</summary>
internal sealed class EdgeCertificate
{
    private const string SubjectAlternativeName = "2.5.29.17";

    private EdgeCertificate(string file, X509Certificate2 certificate, ImmutableArray<X509Certificate2> intermediates)
    {
        File = file;
        Certificate = certificate;
        Names = NamesOf(certificate);
        Intermediates = intermediates;
    }

    /// <summary>File of the certificate.</summary>
    public string File { get; }

    /// <summary>Certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Certificates that are sent after <see cref="Certificate"/>.</summary>
    public ImmutableArray<X509Certificate2> Intermediates { get; }

    /// <summary>DNS names of the certificate, including <c>*.SUFFIX</c> names; the common name if there are no others.</summary>
    public ImmutableArray<string> Names { get; }

    /// <summary>Reads a certificate; null if the certificate is unusable, with the reasons in <paramref name="errors"/>.</summary>
    /// <param name="spec">Files to read.</param>
    /// <param name="errors">Receives the errors.</param>
    public static EdgeCertificate? Read(CertificateFileSpec spec, ICollection<ConfigError> errors)
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
            errors.Add(
                new ConfigError(
                    spec.Location,
                    spec.Path + ".cert",
                    $"{spec.Cert} has no readable certificate",
                    "provide the certificate and its intermediates in PEM format (-----BEGIN CERTIFICATE-----)"));
            return null;
        }

        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            errors.Add(
                new ConfigError(
                    spec.Location,
                    spec.Path + ".key",
                    $"{spec.Key} is encrypted",
                    "decrypt the key (openssl pkey -in FILE -out FILE) and set its mode to 0600"));
            return null;
        }

        try
        {
            return new EdgeCertificate(spec.Cert, X509Certificate2.CreateFromPem(certificate, key), [.. chain.Skip(1)]);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            errors.Add(
                new ConfigError(
                    spec.Location,
                    spec.Path + ".key",
                    $"{spec.Key} has no private key that matches {spec.Cert}",
                    "provide this certificate's key in PEM format (-----BEGIN PRIVATE KEY-----)"));
            return null;
        }
    }

    /// <summary>Names and end date of the certificate.</summary>
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
