using System.Collections.Frozen;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>The live instances behind one snapshot. Made by <see cref="EndpointRegistry.Apply"/>; carry it together with its snapshot.</summary>
public sealed class EndpointTable
{
    private readonly FrozenDictionary<string, EndpointSet> _services;
    private readonly FrozenDictionary<string, EndpointSet> _gateways;

    internal EndpointTable(FrozenDictionary<string, EndpointSet> services, FrozenDictionary<string, EndpointSet> gateways)
    {
        _services = services;
        _gateways = gateways;
    }

    /// <summary>A table without anything.</summary>
    public static EndpointTable Empty { get; } = new(FrozenDictionary<string, EndpointSet>.Empty, FrozenDictionary<string, EndpointSet>.Empty);

    /// <summary>Every service's set, for <c>/endpoints</c>.</summary>
    public IEnumerable<EndpointSet> Services => _services.Values;

    /// <summary>Every gateway group's set, for <c>/endpoints</c>.</summary>
    public IEnumerable<EndpointSet> Gateways => _gateways.Values;

    /// <summary>The instances of <paramref name="service"/>, or null when the snapshot does not have it.</summary>
    public EndpointSet? Find(string service) => _services.GetValueOrDefault(service);

    /// <summary>The gateways of <paramref name="group"/> (dialled at their mesh listener), or null when there is none.</summary>
    public EndpointSet? FindGateways(string group) => _gateways.GetValueOrDefault(group);
}
