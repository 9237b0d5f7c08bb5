using System.Collections.Frozen;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Ejection;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Outliers;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

/// <summary>A service <c>web</c> with instances, a clock, and a picker.</summary>
internal sealed class Fleet
{
    public Fleet(
        int instances,
        int unhealthy = 0,
        Func<LoadBalancingModel, LoadBalancingModel>? balancing = null,
        Func<EjectionModel, EjectionModel>? ejection = null,
        string? zone = null)
        : this([.. Enumerable.Range(0, instances).Select(i => Model(i, i >= unhealthy))], balancing, ejection, zone)
    {
    }

    public Fleet(
        EndpointModel[] instances,
        Func<LoadBalancingModel, LoadBalancingModel>? balancing = null,
        Func<EjectionModel, EjectionModel>? ejection = null,
        string? zone = null)
    {
        // All instances may be ejected, unless a test is about the share.
        var model = new EjectionModel { ConsecutiveFailures = 3, Time = TimeSpan.FromSeconds(10), MaxEjectedPercent = 1 };
        Policy = new PolicyModel
        {
            Ejection = ejection?.Invoke(model) ?? model,
            LoadBalancing = balancing?.Invoke(LoadBalancingModel.Default) ?? LoadBalancingModel.Default,
        };
        Registry = new EndpointRegistry(Time, (state, cause) => Ejected.Add((state, cause)), zone);
        Picker = new EndpointPicker(Time, new SplitMix(42));
        Set = Apply(instances);
    }

    public FakeTimeProvider Time { get; } = new();

    public PolicyModel Policy { get; set; }

    public EndpointRegistry Registry { get; }

    public List<(EndpointState State, EjectionCause Cause)> Ejected { get; } = [];

    public EndpointPicker Picker { get; }

    public EndpointSet Set { get; private set; }

    public EndpointState this[int index] => Set.All[index];

    public static EndpointModel Model(int i, bool healthy = true, int port = 8000) =>
        new("web", $"web-{i}", $"host-{i}", new HostPort("10.0.0.1", port + i), healthy);

    public static EndpointModel[] Models(int count) => [.. Enumerable.Range(0, count).Select(i => Model(i))];

    public EndpointSet Apply(params EndpointModel[] endpoints)
    {
        var service = new ServiceModel("web", "http", Policy, [.. endpoints]);
        var snapshot = new MeshSnapshot
        {
            Revision = "r",
            Services = new Dictionary<string, ServiceModel> { ["web"] = service }.ToFrozenDictionary(),
        };
        return Set = Registry.Apply(snapshot).Find("web")!;
    }

    public EndpointLease Pick(RequestHash hash = default)
    {
        var tried = default(TriedEndpoints);
        return Pick(ref tried, hash);
    }

    public EndpointLease Pick(ref TriedEndpoints tried, RequestHash hash = default) =>
        Picker.TryPick(Set, hash, ref tried, out var lease) ? lease : throw new InvalidOperationException("The set is empty.");

    /// <summary>Number of selections per instance, by index, for requests that end before the next begins.</summary>
    public int[] Count(int picks, EndpointOutcome outcome = EndpointOutcome.Cancelled)
    {
        var counts = new int[Set.All.Length];
        for (var i = 0; i < picks; i++)
        {
            var lease = Pick();
            lease.End(outcome);
            counts[Set.All.IndexOf(lease.State)]++;
        }

        return counts;
    }

    /// <summary>Serves a single request that takes <paramref name="latency"/>.</summary>
    public void Serve(EndpointLease lease, TimeSpan latency, EndpointOutcome outcome = EndpointOutcome.Success)
    {
        Time.Advance(latency);
        lease.Answered(1);
        lease.End(outcome, answered: true);
    }

    public static void Fail(EndpointState state, int times, EndpointOutcome outcome = EndpointOutcome.ConnectFailed)
    {
        for (var i = 0; i < times; i++)
        {
            state.Begin().End(outcome);
        }
    }
}
