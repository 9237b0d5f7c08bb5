using System.Collections.Frozen;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Tests.Time;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

/// <summary>A service <c>web</c> with instances, a clock and a balancer.</summary>
internal sealed class Fleet
{
    private static readonly TimeSpan EjectFor = TimeSpan.FromSeconds(10);
    private readonly EndpointRegistry _registry;

    public Fleet(int instances, int unhealthy = 0)
    {
        _registry = new EndpointRegistry(Time, state => Ejected.Add(state));
        Balancer = new PowerOfTwoChoices(Time, new SplitMix(42));
        Set = Apply([.. Enumerable.Range(0, instances).Select(i => Model(i, i >= unhealthy))]);
    }

    public VirtualTime Time { get; } = new();

    public List<EndpointState> Ejected { get; } = [];

    public PowerOfTwoChoices Balancer { get; }

    public EndpointSet Set { get; private set; }

    public static EndpointModel Model(int i, bool healthy = true, int port = 8000) => new("web", $"web-{i}", $"host-{i}", new HostPort("10.0.0.1", port + i), healthy);

    public EndpointSet Apply(params EndpointModel[] endpoints)
    {
        var service = new ServiceModel("web", "http", new PolicyModel { Ejection = new() { ConsecutiveFailures = 3, Time = EjectFor } }, [.. endpoints]);
        var snapshot = new MeshSnapshot { Revision = "r", Services = new Dictionary<string, ServiceModel> { ["web"] = service }.ToFrozenDictionary() };
        return Set = _registry.Apply(snapshot).Find("web")!;
    }

    public EndpointLease Pick()
    {
        var tried = default(TriedEndpoints);
        return Pick(ref tried);
    }

    public EndpointLease Pick(ref TriedEndpoints tried) =>
        Balancer.TryPick(Set, ref tried, out var lease) ? lease : throw new InvalidOperationException("The set is empty.");

    public static void Fail(EndpointState state, int times)
    {
        for (var i = 0; i < times; i++)
        {
            state.Begin().End(EndpointOutcome.ConnectFailed);
        }
    }
}
