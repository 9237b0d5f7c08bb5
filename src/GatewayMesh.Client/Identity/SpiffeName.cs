using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Client.Identity;

/// <summary>
/// The identity in a certificate: <c>spiffe://TRUSTDOMAIN/ns/default/dc/DATACENTER/svc/SERVICE</c>, its only URI name. Sources: SPIFFE
/// X.509-SVID §2 and §4, and Consul's certificates. Names are not normalized: upper-case letters in a scheme or trust domain are malformed
/// (SPIFFE-ID §2.1).
/// </summary>
/// <param name="TrustDomain">Trust domain in lower case.</param>
/// <param name="Datacenter">Datacenter as written in the certificate.</param>
/// <param name="Service">Service as written in the certificate.</param>
internal sealed record SpiffeName(string TrustDomain, string Datacenter, string Service)
{
    private const string Scheme = "spiffe://", SubjectAlternativeName = "2.5.29.17";

    // GeneralName: uniformResourceIdentifier is context-specific 6 (RFC 5280 §4.2.1.6).
    private static readonly Asn1Tag UriTag = new(TagClass.ContextSpecific, 6);

    /// <summary>Reads the name of a leaf; false if it has no URI name, several, or one that is not a service's ID.</summary>
    public static bool TryRead(X509Certificate2 certificate, [NotNullWhen(true)] out SpiffeName? name)
    {
        name = UriNames(certificate) is [var uri]
            && Rest(uri) is { } rest
            && rest.Split('/') is [
                { Length: > 0 } domain, "ns", "default", "dc", { Length: > 0 } datacenter, "svc", { Length: > 0 } service]
            && IsDomain(domain) && IsPlain(datacenter) && IsPlain(service)
            ? new SpiffeName(domain, datacenter, service)
            : null;
        return name is not null;
    }

    /// <summary>The trust domain in a root (<c>spiffe://TRUSTDOMAIN</c>); null if there is none.</summary>
    public static string? DomainOf(X509Certificate2 root) =>
        UriNames(root) is [var uri] && Rest(uri)?.TrimEnd('/') is { Length: > 0 } domain && IsDomain(domain) ? domain : null;

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
            throw new CryptographicException("The names in a certificate are malformed.", wrong);
        }

        return uris;
    }
}
