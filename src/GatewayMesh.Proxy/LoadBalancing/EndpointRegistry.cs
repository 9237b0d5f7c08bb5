using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing.Outliers;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>Keeps the live state of instances across reloads: the same key keeps its state, and a removed key loses its state.</summary>
public sealed class EndpointRegistry
{
    private readonly Lock _applying = new();
    private readonly TimeProvider _time;
    private readonly Action<EndpointState, EjectionCause>? _ejected;
    private readonly EjectionShares _shares;
    private readonly string? _zone;
    private Dictionary<EndpointKey, EndpointState> _states = [];
    private EndpointTable _current = EndpointTable.Empty;

    /// <summary>Creates an empty registry.</summary>
    /// <param name="time">Clock of ejections.</param>
    /// <param name="ejected">Called at each ejection, on the thread of the causing request or timer; must return quickly. Default:
    /// none.</param>
    /// <param name="zone">Zone of this node; instances in this zone are preferred. Default: null, zones are ignored.</param>
    public EndpointRegistry(TimeProvider time, Action<EndpointState, EjectionCause>? ejected = null, string? zone = null)
    {
        _time = time;
        _zone = zone;
        _shares = new EjectionShares(time);
        _ejected = ejected;
    }

    /// <summary>Table of the last applied snapshot.</summary>
    public EndpointTable Current => Volatile.Read(ref _current);

    /// <summary>Builds the table of <paramref name="snapshot"/>. Running requests keep the table that they started with.</summary>
    public EndpointTable Apply(MeshSnapshot snapshot)
    {
        // Outside of the lock, which a loop may wait for at the first request for a service.
        var services = snapshot.Services.Values.ToFrozenDictionary(
            service => service.Name, service => new ServiceEndpoints(service, this), StringComparer.OrdinalIgnoreCase);
        lock (_applying)
        {
            var states = new Dictionary<EndpointKey, EndpointState>(_states.Count);
            foreach (var used in _current.Services)
            {
                if (services.TryGetValue(used.Service, out var service))
                {
                    service.Live = SetOf(service.Model, states);
                }
            }

            var targets = RouteTargets.Of(snapshot).ToFrozenDictionary(
                target => target.Id, target => SetOf(target, snapshot, services, states), StringComparer.OrdinalIgnoreCase);
            var gateways = snapshot.Gateways.GroupBy(gateway => gateway.Group, StringComparer.Ordinal).ToFrozenDictionary(
                group => group.Key,
                group => SetOf(group.Key, PolicyModel.Default, "http", [.. group.Select(AsEndpoint)], states),
                StringComparer.Ordinal);
            _states = states;
            _shares.Narrow(states.Values);
            Volatile.Write(ref _current, new EndpointTable(services, gateways, targets));
            _shares.Widen(states.Values);
            return _current;
        }
    }

    /// <summary>Creates the live instances of a service at its first request.</summary>
    internal EndpointSet Create(ServiceEndpoints service)
    {
        lock (_applying)
        {
            if (service.Live is not null)
            {
                return service.Live;
            }

            var inUse = _current.Entry(service.Model.Name);
            if (inUse != service)
            {
                // A request that began before the last snapshot: its instances share the state of those in use, and declare nothing.
                _ = inUse?.Set;
                return service.Live = SetOf(service.Model, new Dictionary<EndpointKey, EndpointState>(_states));
            }

            var set = SetOf(service.Model, _states);
            _shares.Add(set.All);
            return service.Live = set;
        }
    }

    /// <summary>
    /// Ends elapsed intervals and ejects the outliers of each (<c>ejection.interval</c>). Call about once per second, never concurrently.
    /// </summary>
    public void Tick()
    {
        OutlierWatch[] watches;
        lock (_applying)
        {
            watches = [.. _shares.Watches];
        }

        foreach (var watch in watches)
        {
            watch.Tick();
        }
    }

    // The prefix cannot be a service's name, so a gateway never shares state with an instance.
    private static EndpointModel AsEndpoint(GatewayModel gateway) =>
        new("gateway:" + gateway.Group, gateway.Node, gateway.Node, gateway.Mesh, gateway.Healthy);

    // A target with all of a service's instances in this datacenter uses the service's own set, so that its usage and load are tracked
    // once.
    private EndpointSet SetOf(
        TargetModel target,
        MeshSnapshot snapshot,
        FrozenDictionary<string, ServiceEndpoints> services,
        Dictionary<EndpointKey, EndpointState> states) =>
        target.Subset.Length == 0
        && snapshot.Services.TryGetValue(target.Service, out var service)
        && service.Protocol == target.Protocol
        && service.IsDormant == target.IsDormant
        && service.HasRefused == target.HasRefused
        && service.Policy == target.Policy
        && service.Endpoints.AsSpan().SequenceEqual(target.Endpoints.AsSpan())
            ? services[service.Name].Live ??= SetOf(service, states)
            : SetOf(
                target.Service, target.Policy, target.Protocol, target.Endpoints, states, target.IsDormant, target.Id, target.HasRefused);

    private EndpointSet SetOf(ServiceModel service, Dictionary<EndpointKey, EndpointState> states) =>
        SetOf(
            service.Name,
            service.Policy,
            service.Protocol,
            service.Endpoints,
            states,
            service.IsDormant,
            refused: service.HasRefused);

    private EndpointSet SetOf(
        string service,
        PolicyModel policy,
        string protocol,
        ImmutableArray<EndpointModel> endpoints,
        Dictionary<EndpointKey, EndpointState> states,
        bool dormant = false,
        string? target = null,
        bool refused = false)
    {
        var all = ImmutableArray.CreateBuilder<EndpointState>(endpoints.Length);
        var healthy = ImmutableArray.CreateBuilder<EndpointState>(endpoints.Length);
        var seen = new HashSet<EndpointKey>(endpoints.Length);
        foreach (var model in endpoints)
        {
            var key = EndpointKey.Of(model);
            if (!seen.Add(key))
            {
                continue; // declared twice: one instance
            }

            // A service and its subsets share one state per instance: evidence from one route counts on all routes.
            if (!states.TryGetValue(key, out var state))
            {
                if (_states.TryGetValue(key, out state))
                {
                    state.Declare(model, policy);
                }
                else
                {
                    state = new EndpointState(model, policy, _time, _ejected);
                }

                states.Add(key, state);
            }

            all.Add(state);
            if (model.Healthy)
            {
                healthy.Add(state);
            }
        }

        var before = target is null ? _current.Entry(service)?.Live : _current.FindTarget(target);
        return new EndpointSet(
            service,
            policy,
            all.ToImmutable(),
            protocol,
            healthy.ToImmutable(),
            _zone,
            before) { IsDormant = dormant, Target = target, IsRefused = refused && endpoints.IsEmpty };
    }
}
