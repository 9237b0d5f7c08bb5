namespace GatewayMesh.Proxy.Routing;

/// <summary>
/// Derives the service from a host: <c>payments</c>, <c>payments.mesh</c>, <c>payments.service.consul</c>, each with or without a port, in
/// any case.
/// </summary>
public static class HostNames
{
    private static readonly string[] Suffixes = [".mesh", ".service.consul"];

    /// <summary>Returns the service in lower case; empty if there is no host.</summary>
    public static string ServiceOf(string? host)
    {
        var name = WithoutPort(host);
        foreach (var suffix in Suffixes)
        {
            if (name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                name = name[..^suffix.Length];
                break;
            }
        }

        return host is not null && name.Length == host.Length && IsLower(name) ? host : Lower(name);
    }

    /// <summary>Returns the host without its port and trailing dot, otherwise unchanged.</summary>
    public static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> host)
    {
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && host[(colon + 1)..].IndexOf(']') < 0)
        {
            host = host[..colon];
        }

        return host.TrimEnd('.');
    }

    // The lower-case form needs no new string.
    private static bool IsLower(ReadOnlySpan<char> name) => System.Text.Ascii.IsValid(name) && !name.ContainsAnyInRange('A', 'Z');

    /// <summary>Returns the name in lower case (ASCII, like host names).</summary>
    public static string Lower(ReadOnlySpan<char> name) =>
        string.Create(name.Length, name, static (target, source) => source.ToLowerInvariant(target));
}
