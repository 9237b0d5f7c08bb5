namespace GatewayMesh.Certificates.Authority;

/// <summary>Names in certificates of the mesh's own authority.</summary>
public static class AuthorityNames
{
    // RFC 5280, appendix A.1: ub-common-name.
    private const int MaxCommonName = 64;
    private const int UuidLength = 36;

    /// <summary>
    /// True if the text is a valid trust domain: lower-case letters, digits, dots, dashes, and underscores, at most 255 (SPIFFE-ID §2.1).
    /// </summary>
    public static bool IsTrustDomain(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= 255
            && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_');
    }

    /// <summary>
    /// True if the text is valid as a service or datacenter in an id and as a file name: letters, digits, dots, dashes, and underscores, at
    /// most 128, no leading dot, and not <c>roots</c>, whose file name is reserved.
    /// </summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= 128
            && name[0] != '.'
            && name != "roots"
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
    }

    /// <summary>Common name of a root, as in Consul: <c>pri-SERIAL.mesh.ca.DOMAIN</c>.</summary>
    internal static string RootName(ReadOnlySpan<byte> serial, string trustDomain) =>
        Fit($"pri-{Convert.ToHexStringLower(serial[..4])}.mesh.ca.", trustDomain);

    /// <summary>
    /// Common name of a leaf, as in Consul: <c>SERVICE.svc.default.DOMAIN</c>. For people only; never used for identification.
    /// </summary>
    internal static string LeafName(string service, string trustDomain) => Fit($"{service}.svc.default.", trustDomain);

    // The first eight digits of a UUID are enough to distinguish two meshes.
    private static string Fit(string front, string trustDomain)
    {
        var dot = trustDomain.IndexOf('.', StringComparison.Ordinal);
        var name = front + (dot == UuidLength ? string.Concat(trustDomain.AsSpan(0, 8), trustDomain.AsSpan(dot)) : trustDomain);
        return name.Length <= MaxCommonName ? name : name[..MaxCommonName].TrimEnd('.');
    }
}
