using System.Net;
using BenchmarkDotNet.Attributes;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Benchmarks;

/// <summary>Cost of the step of rate limits for a request at a gateway: without the section, with one bucket, and by parts.</summary>
[MemoryDiagnoser]
public class RateLimitBenchmarks : IDisposable
{
    private static readonly RateLimitModel Whole = new() { Name = "all", Rate = "1000000/s", Burst = 100_000_000 };

    private readonly RateLimitStep _step = new(new("gatewaymesh-ingress"));
    private readonly List<DataPlane> _planes = [];
    private SampleRequest _none = null!;
    private SampleRequest _one = null!;
    private SampleRequest _parts = null!;

    /// <summary>Creates a data plane for each policy, and a request that has reached the step.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _none = With();
        _one = With(Whole);
        _parts = With(Whole with
        {
            By = [new(RateLimitKeySource.Source, ""), new(RateLimitKeySource.Header, "x-request-id"), new(RateLimitKeySource.Address, "")],
        });
    }

    /// <summary>A service without the section.</summary>
    [Benchmark(Baseline = true)]
    public bool WithoutTheSection() => _step.Take(_none.Exchange).Continues;

    /// <summary>One bucket for all requests.</summary>
    [Benchmark]
    public bool OneBucket() => _step.Take(_one.Exchange).Continues;

    /// <summary>A bucket for each source, header field, and address.</summary>
    [Benchmark]
    public bool ByThreeParts() => _step.Take(_parts.Exchange).Continues;

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        foreach (var plane in _planes)
        {
            plane.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        GC.SuppressFinalize(this);
    }

    private SampleRequest With(params RateLimitModel[] limits)
    {
        var plane = new DataPlane(new DataPlaneOptions { Node = "gw-a", RoleName = "gateway" });
        _planes.Add(plane);
        plane.Apply(SampleMesh.Snapshot(3, PolicyModel.Default with { RateLimits = [.. limits] }));
        var listener = new ListenerSpec("mesh", ListenerKind.Mesh, new IPEndPoint(IPAddress.Loopback, 15443));
        var request = new SampleRequest(plane, "payments", listener: listener);
        request.Begin();
        request.Exchange.Route = new Route(plane.Mesh.Endpoints.Find("payments")!, TargetKind.MeshPeer);
        request.Exchange.Destination = "payments";
        request.Exchange.Caller = new("web", Verified: true);
        return request;
    }
}
