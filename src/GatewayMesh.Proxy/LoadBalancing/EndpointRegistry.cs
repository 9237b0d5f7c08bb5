using System.Collections.Frozen;
using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing.Outliers;

namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>Keeps the live state of instances over reloads: same key, same state; a key that is gone takes its state with it.</summary>
public sealed class EndpointRegistry
{
    private readonly Lock _applying = new();
    private readonly TimeProvider _time;
    private readonly Action<EndpointState, EjectionCause>? _ejected;
    private readonly EjectionShares _shares;
    private readonly string? _zone;
    private Dictionary<EndpointKey, EndpointState> _states = [];
    private EndpointTable _current = EndpointTable.Empty;

    /// <summary>An empty registry.</summary>
    /// <param name="time">The clock of ejections.</param>
    /// <param name="ejected">Called at each ejection, on the thread of the request or timer that caused it; must be quick. Default: nobody.</param>
    /// <param name="zone">Zone of this node, whose instances go first. Default: null, zones make no difference.</param>
    public EndpointRegistry(TimeProvider time, Action<EndpointState, EjectionCause>? ejected = null, string? zone = null)
    {
        _time = time;
        _zone = zone;
        _shares = new EjectionShares(time);
        _ejected = ejected;
    }

    /// <summary>The table of the last snapshot applied.</summary>
    public EndpointTable Current => Volatile.Read(ref _current);

    /// <summary>Builds the table of <paramref name="snapshot"/>. Requests under way keep the table they began with.</summary>
    public EndpointTable Apply(MeshSnapshot snapshot)
    {
        lock (_applying)
        {
            var states = new Dictionary<EndpointKey, EndpointState>(_states.Count);
            var services = snapshot.Services.Values.ToFrozenDictionary(
                service => service.Name,
                service => SetOf(service.Name, service.Policy, service.Protocol, service.Endpoints, states, service.IsDormant, refused: service.HasRefused),
                StringComparer.OrdinalIgnoreCase);
            var targets = RouteTargets.Of(snapshot).ToFrozenDictionary(target => target.Id, target => SetOf(target, snapshot, services, states), StringComparer.OrdinalIgnoreCase);
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

    /// <summary>Ends the intervals whose time is over, and ejects the outliers of each (<c>ejection.interval</c>). To be called about once a second; never at the same time as itself.</summary>
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

    // All of a service's instances in the own datacenter are the service's own set, so that there is one place where its use and its load are known.
    private EndpointSet SetOf(TargetModel target, MeshSnapshot snapshot, FrozenDictionary<string, EndpointSet> services, Dictionary<EndpointKey, EndpointState> states) =>
        target.Subset.Length == 0
        && snapshot.Services.TryGetValue(target.Service, out var service)
        && service.Protocol == target.Protocol
        && service.IsDormant == target.IsDormant
        && service.HasRefused == target.HasRefused
        && service.Policy == target.Policy
        && service.Endpoints.AsSpan().SequenceEqual(target.Endpoints.AsSpan())
            ? services[service.Name]
            : SetOf(target.Service, target.Policy, target.Protocol, target.Endpoints, states, target.IsDormant, target.Id, target.HasRefused);

    private EndpointSet SetOf(
        string service, PolicyModel policy, string protocol, ImmutableArray<EndpointModel> endpoints, Dictionary<EndpointKey, EndpointState> states, bool dormant = false, string? target = null, bool refused = false)
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

            // A service and its subsets have one state for an instance: what one way learns of it, the others know.
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

        var before = target is null ? _current.Find(service) : _current.FindTarget(target);
        return new EndpointSet(service, policy, all.ToImmutable(), protocol, healthy.ToImmutable(), _zone, before) { IsDormant = dormant, Target = target, IsRefused = refused && endpoints.IsEmpty };
    }
}
