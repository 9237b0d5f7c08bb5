using System.Collections.Concurrent;
using System.Collections.Frozen;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Live instances of one snapshot. Created by <see cref="EndpointRegistry.Apply"/>; pass the table together with its snapshot.
/// </summary>
public sealed class EndpointTable
{
    private readonly FrozenDictionary<string, ServiceEndpoints> _services;
    private readonly FrozenDictionary<string, EndpointSet> _gateways;
    private readonly FrozenDictionary<string, EndpointSet> _targets;

    // Few applications call single instances, so a set of one instance is made at the first call.
    private readonly ConcurrentDictionary<(string Service, HostPort Address), EndpointSet?> _single = [];

    internal EndpointTable(
        FrozenDictionary<string, ServiceEndpoints> services,
        FrozenDictionary<string, EndpointSet> gateways,
        FrozenDictionary<string, EndpointSet> targets)
    {
        _services = services;
        _gateways = gateways;
        _targets = targets;
    }

    /// <summary>A table without entries.</summary>
    public static EndpointTable Empty { get; } = new(
        FrozenDictionary<string, ServiceEndpoints>.Empty,
        FrozenDictionary<string, EndpointSet>.Empty,
        FrozenDictionary<string, EndpointSet>.Empty);

    /// <summary>Sets of the services that have had a request.</summary>
    public IEnumerable<EndpointSet> Services => _services.Values.Select(static service => service.Live).OfType<EndpointSet>();

    /// <summary>Services that have had no request, so that their instances have no live state.</summary>
    public IEnumerable<ServiceModel> Unused =>
        _services.Values.Where(static service => service.Live is null).Select(static service => service.Model);

    /// <summary>Sets of all gateway groups, for <c>/endpoints</c>.</summary>
    public IEnumerable<EndpointSet> Gateways => _gateways.Values;

    /// <summary>
    /// Sets of all targets: subsets and instances of other datacenters; a whole service in this datacenter uses the service's own set.
    /// </summary>
    public IEnumerable<EndpointSet> Targets => _targets.Values;

    /// <summary>Instances of services that have had a request, and of targets; each once.</summary>
    public IEnumerable<EndpointState> Instances => Services.Concat(Targets).SelectMany(static set => set.All).Distinct();

    /// <summary>
    /// The instances and gateways that are ejected, each once. Asked each second, so only the ejected ones cost more than a look.
    /// </summary>
    public IReadOnlyCollection<EndpointState> Ejected
    {
        get
        {
            var ejected = new HashSet<EndpointState>();
            foreach (var set in Services.Concat(Targets).Concat(Gateways))
            {
                foreach (var state in set.All)
                {
                    if (state.IsEjected)
                    {
                        ejected.Add(state);
                    }
                }
            }

            return ejected;
        }
    }

    /// <summary>True if the snapshot has <paramref name="service"/>.</summary>
    public bool Has(string service) => _services.ContainsKey(service);

    /// <summary>
    /// Returns the instances of <paramref name="service"/>, or null if the snapshot does not have the service. The first call creates their
    /// live state.
    /// </summary>
    public EndpointSet? Find(string service) => _services.GetValueOrDefault(service)?.Set;

    /// <summary>Returns the entry of <paramref name="service"/>, or null if the snapshot does not have the service.</summary>
    internal ServiceEndpoints? Entry(string service) => _services.GetValueOrDefault(service);

    /// <summary>
    /// Returns a set of only the instance of <paramref name="service"/> at <paramref name="address"/>, or null if there is none. The set
    /// has the policy of the service, and shares the instance's state with the service's own set.
    /// </summary>
    public EndpointSet? FindInstance(string service, HostPort address) =>
        _single.GetOrAdd((service, address), static (key, table) => table.SetOf(key.Service, key.Address), this);

    /// <summary>Returns the gateways of <paramref name="group"/> (dialed at their mesh listener), or null if there is none.</summary>
    public EndpointSet? FindGateways(string group) => _gateways.GetValueOrDefault(group);

    /// <summary>Returns the instances of a target (<c>[SUBSET.]SERVICE.default.DATACENTER</c>), or null if no route leads there.</summary>
    public EndpointSet? FindTarget(string id) => _targets.GetValueOrDefault(id);

    /// <summary>Returns this table's counterpart of <paramref name="set"/> from another table; null if it is gone.</summary>
    internal EndpointSet? FindSame(EndpointSet set) => set.Target is { } id ? FindTarget(id) : Find(set.Service);

    private EndpointSet? SetOf(string service, HostPort address) =>
        Find(service) is { } set && set.All.FirstOrDefault(state => state.Model.Address == address) is { } only
            ? new EndpointSet(set.Service, set.Policy, [only], set.Protocol)
            : null;
}
