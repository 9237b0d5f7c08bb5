using BenchmarkDotNet.Attributes;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Benchmarks;

/// <summary>All pipeline steps of a request before it is forwarded: matching, policy, limits, deadline.</summary>
public class StepBenchmarks : IDisposable
{
    private DataPlane _plane = null!;
    private SampleRequest _straight = null!;
    private SampleRequest _routed = null!;

    /// <summary>Creates a data plane and two requests.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _plane = new DataPlane(new DataPlaneOptions { Node = "host-a", RoleName = "sidecar" });
        _plane.Apply(SampleMesh.Snapshot(instances: 3));
        _straight = new SampleRequest(_plane, "payments");
        _routed = new SampleRequest(_plane, "orders");
    }

    /// <summary>A service whose name leads directly to its instances.</summary>
    [Benchmark(Baseline = true)]
    public bool Straight() => Take(_straight);

    /// <summary>A service behind a router of ten rules and a splitter.</summary>
    [Benchmark]
    public bool Routed() => Take(_routed);

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _plane.DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    private bool Take(SampleRequest request)
    {
        request.Begin();
        var goesOn = true;
        foreach (var step in _plane.Pipeline.Steps)
        {
            goesOn &= step.Take(request.Exchange).Continues;
        }

        request.End();
        return goesOn ? true : throw new InvalidOperationException("A step refused the request.");
    }
}
