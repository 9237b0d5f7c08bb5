using BenchmarkDotNet.Attributes;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing.Matching;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Benchmarks;

/// <summary>Matching of a request through a router of ten rules and a splitter.</summary>
public class MatchingBenchmarks
{
    private readonly IRequestFacts _facts = new Facts();
    private LiveNode _way = null!;
    private ulong _lot;

    /// <summary>Compiles the route.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var snapshot = SampleMesh.Snapshot(instances: 3);
        var endpoints = new EndpointRegistry(TimeProvider.System).Apply(snapshot);
        _way = RouteTable.Of(snapshot, endpoints, new SplitMix(1), TimeProvider.System).Find("orders", callers: "")!;
    }

    /// <summary>The last of ten rules, and a splitter sample.</summary>
    [Benchmark]
    public object? TenRulesAndASplit() => RouteTable.Walk(_way, new AskedRoute(_facts, "/orders/17?fields=all"), new SplitSample(_lot++));

    private sealed class Facts : IRequestFacts
    {
        public string Method => "GET";

        public PathReadings Paths => PathReadings.Of("/");

        public FieldLines Field(string name) => default;

        public FieldLines Twins(string name) => default;
    }
}
