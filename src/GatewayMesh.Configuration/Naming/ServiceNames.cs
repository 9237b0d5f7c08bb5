using GatewayMesh.Configuration.Nodes;

namespace GatewayMesh.Configuration.Naming;

/// <summary>
/// Names by which applications call the services of a registry that names them by namespace, port, and address, as Kubernetes does:
/// <c>NAME</c> in the caller's namespace, <c>NAME.NAMESPACE</c>, <c>NAME.NAMESPACE.svc</c>, <c>NAME.NAMESPACE.svc.cluster.local</c>, a
/// virtual address, or the address of one instance, each with or without a port, in any case. Immutable. A known name costs no allocation.
/// </summary>
public sealed class ServiceNames
{
    /// <summary>Domain of the cluster.</summary>
    public const string ClusterDomain = "cluster.local";

    private const string Suffix = ".svc";
    private const string LongSuffix = $"{Suffix}.{ClusterDomain}";

    // A DNS name has at most 253 characters.
    private const int Longest = 255;

    private readonly NameTable _names;
    private readonly NameTable _addresses;
    private readonly InstanceNames _instances;

    private ServiceNames(ServiceCatalog catalog)
    {
        Namespace = catalog.Namespace!;
        _instances = new InstanceNames(catalog.Services);
        var names = new Dictionary<string, NamedPorts>(catalog.Services.Length, StringComparer.OrdinalIgnoreCase);
        var addresses = new Dictionary<string, NamedPorts>(catalog.Services.Length, StringComparer.OrdinalIgnoreCase);
        foreach (var service in catalog.Services)
        {
            if (service.Frontend is not { } frontend)
            {
                continue;
            }

            var name = Base(service.Name);
            var isDefault = name.Length == service.Name.Length;
            if (!names.TryGetValue(name, out var ports))
            {
                names.Add(name, ports = new NamedPorts());
            }

            ports.Add(frontend.Port, new NamedService(service.Name), isDefault);
            foreach (var address in frontend.Addresses)
            {
                addresses[address] = ports;
            }
        }

        (_names, _addresses) = (new NameTable(names), new NameTable(addresses));
    }

    /// <summary>Namespace of this node.</summary>
    public string Namespace { get; }

    /// <summary>The names of a catalog; null if its services have plain names.</summary>
    public static ServiceNames? Of(ServiceCatalog catalog)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return catalog.Namespace is null ? null : new ServiceNames(catalog);
    }

    /// <summary>Namespace in the name of a service or caller, <c>NAME.NAMESPACE[:PORT]</c>; empty if the name has none.</summary>
    public static ReadOnlySpan<char> NamespaceOf(string service)
    {
        var name = WithoutPort(service);
        return name[(name.IndexOf('.') is >= 0 and var dot ? dot + 1 : name.Length)..];
    }

    /// <summary>Finds the meaning of an authority. Returns false if it is not known.</summary>
    /// <param name="authority">Host with or without a port, as the application wrote it.</param>
    /// <param name="space">Namespace of the caller, for short names; empty: the namespace of this node.</param>
    /// <param name="entry">Port of the listener that the caller connected to, which counts as no port.</param>
    /// <param name="named">The meaning.</param>
    public bool TryFind(ReadOnlySpan<char> authority, ReadOnlySpan<char> space, int entry, out NamedService named)
    {
        named = default;
        return Authority.TryRead(authority, out var read)
            && (read.IsV6 || read.IsV4 ? FindAddress(read) : FindName(read.Host, space.IsEmpty ? Namespace : space)) is { } ports
            && ports.TryFind(read.Port, entry, out named);
    }

    /// <summary>A service's name without the port.</summary>
    internal static string Base(string service) =>
        WithoutPort(service) is var name && name.Length == service.Length ? service : name.ToString();

    private static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> service) =>
        service.IndexOf(':') is >= 0 and var colon ? service[..colon] : service;

    private NamedPorts? FindAddress(Authority read) =>
        _addresses.Find(read.Host)
        ?? _instances.FindAddress(read.Host)
        ?? (read.IsV6 && Authority.CanonicalV6(read.Host) is { } canonical
            ? _addresses.Find(canonical) ?? _instances.FindAddress(canonical)
            : null);

    // Labels: NAME, NAME.NAMESPACE, HOSTNAME.NAME.NAMESPACE; the latter two with a suffix or without.
    private NamedPorts? FindName(ReadOnlySpan<char> host, ReadOnlySpan<char> space)
    {
        var name = WithoutSuffix(host);
        return name.Count('.') switch
        {
            0 => name.Length == host.Length ? FindShort(name, space) : null,
            1 => _names.Find(name),
            2 => _instances.FindHost(name),
            _ => null,
        };
    }

    // A namespace may be called svc, so that NAME.svc is a Service of that namespace.
    private static ReadOnlySpan<char> WithoutSuffix(ReadOnlySpan<char> host) =>
        host.EndsWith(LongSuffix, StringComparison.OrdinalIgnoreCase) ? host[..^LongSuffix.Length]
        : host.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) && host[..^Suffix.Length].Contains('.') ? host[..^Suffix.Length]
        : host;

    private NamedPorts? FindShort(ReadOnlySpan<char> name, ReadOnlySpan<char> space)
    {
        var length = name.Length + 1 + space.Length;
        if (length > Longest)
        {
            return null;
        }

        Span<char> full = stackalloc char[length];
        name.CopyTo(full);
        full[name.Length] = '.';
        space.CopyTo(full[(name.Length + 1)..]);
        return _names.Find(full);
    }
}
