using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Entries.Splitters;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Routing entries by name; names are case-insensitive.</summary>
internal sealed class RoutingIndex(EntrySet entries)
{
    /// <summary>Protocol that Consul assumes for a service without a declared protocol.</summary>
    public const string Undeclared = "tcp";

    private readonly Dictionary<string, ServiceRouterEntry> _routers = ByName(entries.ServiceRouters);
    private readonly Dictionary<string, ServiceSplitterEntry> _splitters = ByName(entries.ServiceSplitters);
    private readonly Dictionary<string, ServiceResolverEntry> _resolvers = ByName(entries.ServiceResolvers);
    private readonly Dictionary<string, ServiceDefaultsEntry> _defaults = ByName(entries.ServiceDefaults);
    private readonly string? _shared = entries.ProxyDefaults.FirstOrDefault()?.Protocol;

    /// <summary>The router of a service, or null.</summary>
    public ServiceRouterEntry? Router(string service) => _routers.GetValueOrDefault(service);

    /// <summary>The splitter of a service, or null.</summary>
    public ServiceSplitterEntry? Splitter(string service) => _splitters.GetValueOrDefault(service);

    /// <summary>The resolver of a service, or null.</summary>
    public ServiceResolverEntry? Resolver(string service) => _resolvers.GetValueOrDefault(service);

    /// <summary>
    /// Declared protocol of a service. The service's own defaults override the global defaults entirely, even when they declare no protocol
    /// (Consul, <c>recordServiceProtocol</c>).
    /// </summary>
    public string Protocol(string service) => (_defaults.TryGetValue(service, out var own) ? own.Protocol : _shared) ?? Undeclared;

    private static Dictionary<string, T> ByName<T>(IEnumerable<T> entries)
        where T : ConfigEntry => entries.ToDictionary(entry => entry.Name, StringComparer.OrdinalIgnoreCase);
}
