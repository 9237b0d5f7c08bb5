namespace GatewayMesh.Certificates.Authority;

/// <summary>Names in the certificates of the mesh's own authority.</summary>
public static class AuthorityNames
{
    // RFC 5280, appendix A.1: ub-common-name.
    private const int MostCommonName = 64;
    private const int UuidLength = 36;

    /// <summary>Whether it can be a trust domain: lower-case letters, digits, dots, dashes and underscores, at most 255 (SPIFFE-ID §2.1).</summary>
    public static bool IsTrustDomain(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= 255 && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_');
    }

    /// <summary>Whether it can be a service or datacenter in an id, and a file's name: letters, digits, dots, dashes and underscores, at most 128, no dot at the front, and not <c>roots</c>, whose file is taken.</summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= 128 && name[0] != '.' && name != "roots" && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
    }

    /// <summary>Common name of a root, as Consul names its own: <c>pri-SERIAL.mesh.ca.DOMAIN</c>.</summary>
    internal static string RootName(ReadOnlySpan<byte> serial, string trustDomain) => Fit($"pri-{Convert.ToHexStringLower(serial[..4])}.mesh.ca.", trustDomain);

    /// <summary>Common name of a leaf, as Consul names its own: <c>SERVICE.svc.default.DOMAIN</c>. Nobody is known by it; it is for people.</summary>
    internal static string LeafName(string service, string trustDomain) => Fit($"{service}.svc.default.", trustDomain);

    // The first eight digits of a UUID are enough to tell two meshes apart.
    private static string Fit(string front, string trustDomain)
    {
        var dot = trustDomain.IndexOf('.', StringComparison.Ordinal);
        var name = front + (dot == UuidLength ? string.Concat(trustDomain.AsSpan(0, 8), trustDomain.AsSpan(dot)) : trustDomain);
        return name.Length <= MostCommonName ? name : name[..MostCommonName].TrimEnd('.');
    }
}
