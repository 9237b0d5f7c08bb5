using System.Collections.Frozen;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>The live instances behind one snapshot. Made by <see cref="EndpointRegistry.Apply"/>; carry it together with its snapshot.</summary>
public sealed class EndpointTable
{
    private readonly FrozenDictionary<string, EndpointSet> _services;
    private readonly FrozenDictionary<string, EndpointSet> _gateways;
    private readonly FrozenDictionary<string, EndpointSet> _targets;

    internal EndpointTable(FrozenDictionary<string, EndpointSet> services, FrozenDictionary<string, EndpointSet> gateways, FrozenDictionary<string, EndpointSet> targets)
    {
        _services = services;
        _gateways = gateways;
        _targets = targets;
    }

    /// <summary>A table without anything.</summary>
    public static EndpointTable Empty { get; } = new(FrozenDictionary<string, EndpointSet>.Empty, FrozenDictionary<string, EndpointSet>.Empty, FrozenDictionary<string, EndpointSet>.Empty);

    /// <summary>Every service's set, for <c>/endpoints</c>.</summary>
    public IEnumerable<EndpointSet> Services => _services.Values;

    /// <summary>Every gateway group's set, for <c>/endpoints</c>.</summary>
    public IEnumerable<EndpointSet> Gateways => _gateways.Values;

    /// <summary>Every target's set: subsets, instances of other datacenters; for a whole service of this one it is the service's own.</summary>
    public IEnumerable<EndpointSet> Targets => _targets.Values;

    /// <summary>Every instance that requests for services can go to, each once.</summary>
    public IEnumerable<EndpointState> Instances => Services.Concat(Targets).SelectMany(static set => set.All).Distinct();

    /// <summary>The instances of <paramref name="service"/>, or null when the snapshot does not have it.</summary>
    public EndpointSet? Find(string service) => _services.GetValueOrDefault(service);

    /// <summary>The gateways of <paramref name="group"/> (dialled at their mesh listener), or null when there is none.</summary>
    public EndpointSet? FindGateways(string group) => _gateways.GetValueOrDefault(group);

    /// <summary>The instances of a target (<c>[SUBSET.]SERVICE.default.DATACENTER</c>), or null when no way leads there.</summary>
    public EndpointSet? FindTarget(string id) => _targets.GetValueOrDefault(id);

    /// <summary>What <paramref name="set"/>, of another table, is in this one; null when it is gone.</summary>
    internal EndpointSet? FindSame(EndpointSet set) => set.Target is { } id ? FindTarget(id) : Find(set.Service);
}
