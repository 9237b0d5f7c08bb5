using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Client.Identity;

/// <summary>
/// Who a certificate is: <c>spiffe://TRUSTDOMAIN/ns/default/dc/DATACENTER/svc/SERVICE</c>, its only URI name. Sources: SPIFFE X.509-SVID §2 and §4, and what
/// Consul issues. Names are taken as they stand: a scheme or trust domain with upper-case letters is malformed (SPIFFE-ID §2.1).
/// </summary>
/// <param name="TrustDomain">In lower case.</param>
/// <param name="Datacenter">As it stands in the certificate.</param>
/// <param name="Service">As it stands in the certificate.</param>
internal sealed record SpiffeName(string TrustDomain, string Datacenter, string Service)
{
    private const string Scheme = "spiffe://", SubjectAlternativeName = "2.5.29.17";

    // GeneralName: uniformResourceIdentifier is context-specific 6 (RFC 5280 §4.2.1.6).
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>Of a leaf; false when its URI names are none, several, or no service's id.</summary>
    public static bool TryRead(X509Certificate2 certificate, [NotNullWhen(true)] out SpiffeName? name)
    {
        name = UriNames(certificate) is [var uri] && Rest(uri) is { } rest && rest.Split('/') is [{ Length: > 0 } domain, "ns", "default", "dc", { Length: > 0 } datacenter, "svc", { Length: > 0 } service]
            && IsDomain(domain) && IsPlain(datacenter) && IsPlain(service)
            ? new SpiffeName(domain, datacenter, service)
            : null;
        return name is not null;
    }

    /// <summary>The trust domain that a root says of itself (<c>spiffe://TRUSTDOMAIN</c>); null when it says none.</summary>
    public static string? DomainOf(X509Certificate2 root) => UriNames(root) is [var uri] && Rest(uri)?.TrimEnd('/') is { Length: > 0 } domain && IsDomain(domain) ? domain : null;

    private static string? Rest(string uri) =>
        uri.StartsWith(Scheme, StringComparison.Ordinal) ? uri[Scheme.Length..] : null;

    private static bool IsDomain(string part) => IsPlain(part) && !part.AsSpan().ContainsAnyInRange('A', 'Z');

    private static bool IsPlain(string part) => part.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static List<string> UriNames(X509Certificate2 certificate)
    {
        var uris = new List<string>();
        try
        {
            foreach (var extension in certificate.Extensions.Where(extension => extension.Oid?.Value == SubjectAlternativeName))
            {
                var names = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (names.HasData)
                {
                    if (names.PeekTag().HasSameClassAndValue(UriTag))
                    {
                        uris.Add(names.ReadCharacterString(UniversalTagNumber.IA5String, UriTag));
                    }
                    else
                    {
                        _ = names.ReadEncodedValue();
                    }
                }
            }
        }
        catch (AsnContentException wrong)
        {
            throw new CryptographicException("The names in a certificate cannot be read.", wrong);
        }

        return uris;
    }
}
