namespace GatewayMesh.Proxy.Routing;

/// <summary>Which service a host names: <c>payments</c>, <c>payments.mesh</c>, <c>payments.service.consul</c>, each with or without a port, in any case.</summary>
public static class HostNames
{
    private static readonly string[] Suffixes = [".mesh", ".service.consul"];

    /// <summary>The service, in lower case; empty when there is no host.</summary>
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

    /// <summary>The host without its port and a final dot, as it was written.</summary>
    public static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> host)
    {
        var colon = host.LastIndexOf(':');
        if (colon >= 0 && host[(colon + 1)..].IndexOf(']') < 0)
        {
            host = host[..colon];
        }

        return host.TrimEnd('.');
    }

    // The plain spelling needs no text of its own.
    private static bool IsLower(ReadOnlySpan<char> name) => System.Text.Ascii.IsValid(name) && !name.ContainsAnyInRange('A', 'Z');

    /// <summary>In lower case (ASCII, as host names are).</summary>
    public static string Lower(ReadOnlySpan<char> name) => string.Create(name.Length, name, static (target, source) => source.ToLowerInvariant(target));
}
