using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Entries.Splitters;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Looks up routing entries for one chain and records what was found: the chain depends on nothing else.</summary>
internal sealed class RoutingTrace(RoutingIndex index)
{
    private readonly Dictionary<string, ServiceRouterEntry?> _routers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServiceSplitterEntry?> _splitters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ServiceResolverEntry?> _resolvers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _protocols = new(StringComparer.Ordinal);
    private RoutingIndex? _index = index;

    /// <summary>The router of a service, or null.</summary>
    public ServiceRouterEntry? Router(string service) => _routers[service] = _index!.Router(service);

    /// <summary>The splitter of a service, or null.</summary>
    public ServiceSplitterEntry? Splitter(string service) => _splitters[service] = _index!.Splitter(service);

    /// <summary>The resolver of a service, or null.</summary>
    public ServiceResolverEntry? Resolver(string service) => _resolvers[service] = _index!.Resolver(service);

    /// <summary>Declared protocol of a service.</summary>
    public string Protocol(string service) => _protocols[service] = _index!.Protocol(service);

    /// <summary>Ends the recording. The entries found stay; the index, which holds all other entries, does not.</summary>
    public void Close() => _index = null;

    /// <summary>True if every lookup finds the same in <paramref name="other"/>, so that the chain is the same there.</summary>
    public bool HoldsIn(RoutingIndex other) =>
        _routers.All(found => ReferenceEquals(found.Value, other.Router(found.Key)))
        && _splitters.All(found => ReferenceEquals(found.Value, other.Splitter(found.Key)))
        && _resolvers.All(found => ReferenceEquals(found.Value, other.Resolver(found.Key)))
        && _protocols.All(found => found.Value == other.Protocol(found.Key));
}
