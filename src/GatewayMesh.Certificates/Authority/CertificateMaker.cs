using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Certificates.Authority;

/// <summary>
/// Creates the roots and leaf certificates of the mesh's own authority. Source: RFC 5280 §4, X.509-SVID §4 (SPIFFE), and the certificates
/// of Consul's built-in authority.
/// </summary>
internal static class CertificateMaker
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";
    private const int SerialLength = 16;

    /// <summary>Creates a root with its key, which may sign leaf certificates only.</summary>
    public static X509Certificate2 Root(string trustDomain, DateTimeOffset begin, DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serial = Serial();
        var name = Name(AuthorityNames.RootName(serial, trustDomain));
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(Uri($"spiffe://{trustDomain}"));
        var subjectKey = new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        request.CertificateExtensions.Add(subjectKey);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(subjectKey));

        // CreateSelfSigned is not used: it chooses a 64-bit serial number.
        using var root = request.Create(name, X509SignatureGenerator.CreateForECDsa(key), begin, end, serial);
        return root.CopyWithPrivateKey(key);
    }

    /// <summary>Creates a leaf with a new key, as a single PEM text.</summary>
    public static string Leaf(X509Certificate2 root, string name, string id, DateTimeOffset begin, DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(Name(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(
                certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUsage), new Oid(ClientUsage)], critical: false));
        request.CertificateExtensions.Add(Uri(id));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var leaf = request.Create(root, begin, end, Serial());
        return $"{leaf.ExportCertificatePem()}\n{key.ExportECPrivateKeyPem()}\n";
    }

    private static X500DistinguishedName Name(string commonName)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(commonName);
        return name.Build();
    }

    // Encoded by hand: the class library's builder changes a URI before encoding it.
    private static X509Extension Uri(string uri)
    {
        var names = new AsnWriter(AsnEncodingRules.DER);
        using (names.PushSequence())
        {
            names.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
        }

        return new X509Extension(SubjectAlternativeName, names.Encode(), critical: false);
    }

    // 128 bits; the first bit makes the number positive and the second keeps its full length.
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(SerialLength);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        return serial;
    }
}
