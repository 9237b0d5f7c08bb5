using BenchmarkDotNet.Attributes;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Benchmarks;

/// <summary>Selection and release of an instance.</summary>
public class BalancingBenchmarks
{
    private EndpointSet _set = null!;
    private EndpointPicker _picker = null!;

    /// <summary>Number of instances of the service.</summary>
    [Params(3, 100)]
    public int Instances { get; set; }

    /// <summary>Creates the instances.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _set = new EndpointRegistry(TimeProvider.System).Apply(SampleMesh.Snapshot(Instances)).Find("payments")!;
        _picker = new EndpointPicker(TimeProvider.System, new SplitMix(1));
    }

    /// <summary>Select, succeed, end.</summary>
    [Benchmark]
    public void Pick()
    {
        var tried = default(TriedEndpoints);
        _picker.TryPick(_set, ref tried, out var lease);
        lease.End(EndpointOutcome.Success);
    }
}
