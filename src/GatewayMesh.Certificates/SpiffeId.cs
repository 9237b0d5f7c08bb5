using System.Diagnostics.CodeAnalysis;

namespace GatewayMesh.Certificates;

/// <summary>
/// Identity of a service as in Consul Connect: <c>spiffe://TRUSTDOMAIN/ns/default/dc/DATACENTER/svc/SERVICE</c>.
/// Source: the SPIFFE-ID standard, section 2; Consul's documentation of Connect's certificates.
/// </summary>
/// <param name="TrustDomain">Trust domain of the authority; lower case.</param>
/// <param name="Datacenter">Datacenter, which is the cluster.</param>
/// <param name="Service">Name of the service.</param>
public sealed record SpiffeId(string TrustDomain, string Datacenter, string Service)
{
    private const string Scheme = "spiffe://";
    private const int MaxLength = 2048; // SPIFFE-ID §2.3

    /// <summary>
    /// Parses <paramref name="uri"/> as an id; false for every other form, including another namespace and an empty name. Case is
    /// significant: a scheme or trust domain with upper-case letters is malformed (SPIFFE-ID §2.1), and services that differ in case are
    /// different services.
    /// </summary>
    public static bool TryParse(string uri, [NotNullWhen(true)] out SpiffeId? id)
    {
        id = null;
        if (uri is null || uri.Length > MaxLength || !uri.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return false;
        }

        if (uri[Scheme.Length..].Split('/') is not [var domain, "ns", "default", "dc", var datacenter, "svc", var service]
            || !IsTrustDomain(domain) || !IsName(datacenter) || !IsName(service))
        {
            return false;
        }

        id = new SpiffeId(domain, datacenter, service);
        return true;
    }

    /// <summary>Trust domain in an authority's own id, <c>spiffe://TRUSTDOMAIN</c>, or null.</summary>
    public static string? TrustDomainOf(string uri) =>
        uri is not null && uri.StartsWith(Scheme, StringComparison.Ordinal) && IsTrustDomain(uri[Scheme.Length..].TrimEnd('/'))
            ? uri[Scheme.Length..].TrimEnd('/')
            : null;

    /// <summary>Id as a URI.</summary>
    public override string ToString() => $"{Scheme}{TrustDomain}/ns/default/dc/{Datacenter}/svc/{Service}";

    // SPIFFE-ID §2.1: lower case.
    private static bool IsTrustDomain(string text) => IsName(text) && !text.AsSpan().ContainsAnyInRange('A', 'Z');

    // Characters that are safe in logs, metrics, and header fields. Consul escapes all others; mesh services have no such names.
    private static bool IsName(string text) =>
        text.Length is > 0 and <= 255 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
