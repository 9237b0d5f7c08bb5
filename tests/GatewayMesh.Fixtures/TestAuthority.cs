using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Fixtures;

/// <summary>A certificate authority created at run time. Issues valid certificates and every kind of invalid one.</summary>
public sealed class TestAuthority : IDisposable
{
    public const string Client = "1.3.6.1.5.5.7.3.2", Server = "1.3.6.1.5.5.7.3.1";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private int _serial;

    public TestAuthority(string trustDomain = "test.mesh", DateTimeOffset? from = null, bool named = true)
    {
        TrustDomain = trustDomain;
        var request = new CertificateRequest($"CN=authority of {trustDomain} {Guid.NewGuid():N}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (named)
        {
            request.CertificateExtensions.Add(Names($"spiffe://{trustDomain}"));
        }

        var begin = from ?? DateTimeOffset.UtcNow.AddDays(-30);
        Root = request.CreateSelfSigned(begin, begin.AddYears(10));
    }

    public string TrustDomain { get; }

    /// <summary>Root certificate with its private key.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>Root certificate as PEM.</summary>
    public string RootPem => Root.ExportCertificatePem() + "\n";

    /// <summary>SPIFFE ID of <paramref name="service"/>.</summary>
    public string IdOf(string service, string datacenter = "dc1") => $"spiffe://{TrustDomain}/ns/default/dc/{datacenter}/svc/{service}";

    /// <summary>Issues a mesh certificate. Returns the certificate and its key as PEM.</summary>
    public string Issue(
        string service,
        DateTimeOffset? from = null,
        DateTimeOffset? until = null,
        string[]? uris = null,
        string[]? usages = null,
        string? issuerAt = null,
        bool authority = false,
        X509KeyUsageFlags? keyUsage = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={service}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        if (keyUsage is { } flags)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(flags, critical: true));
        }

        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([.. (usages ?? [Client, Server]).Select(usage => new Oid(usage))], false));
        request.CertificateExtensions.Add(Names(uris ?? [IdOf(service)]));
        if (issuerAt is not null)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([issuerAt], [issuerAt]));
        }

        using var certificate = request.Create(
            Root,
            from ?? DateTimeOffset.UtcNow.AddMinutes(-1),
            until ?? DateTimeOffset.UtcNow.AddHours(72),
            BitConverter.GetBytes(++_serial));
        return $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
    }

    /// <summary>Issues a certificate for DNS names and IP addresses, as public listeners and their clients use it.</summary>
    public X509Certificate2 IssueFor(
        string[] names, string? subject = null, bool client = false, DateTimeOffset? until = null, Uri? uri = null, byte serial = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject ?? $"CN={names.FirstOrDefault() ?? "client"}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(client ? Client : Server)], critical: false));
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        if (uri is not null)
        {
            alternatives.AddUri(uri);
        }

        if (names.Length > 0 || uri is not null)
        {
            request.CertificateExtensions.Add(alternatives.Build());
        }

        var from = DateTimeOffset.UtcNow.AddDays(-7);
        using var certificate = request.Create(Root, from, until ?? from.AddYears(1), [1, 2, 3, serial]);
        using var whole = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Returns certificate and key as PEM text.</summary>
    public static (string Certificate, string Key) Pem(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return (certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    public void Dispose()
    {
        _key.Dispose();
        Root.Dispose();
    }

    // SubjectAltName is a SEQUENCE of names; a URI is context-specific 6 (RFC 5280 §4.2.1.6).
    private static X509Extension Names(params string[] uris)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var uri in uris)
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
            }
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical: false);
    }
}
