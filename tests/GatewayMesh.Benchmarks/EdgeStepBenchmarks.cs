using BenchmarkDotNet.Attributes;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Configuration.Policies.Mirror;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Benchmarks;

/// <summary>
/// Cost of the steps for tokens, CORS, external authorization, faults, and copies: without their sections, and of faults and copies for a
/// request that they do not hit.
/// </summary>
[MemoryDiagnoser]
public class EdgeStepBenchmarks : IDisposable
{
    private static readonly FaultRule Abort = new() { Name = "f", Abort = FaultAbort.OfStatus(503) };

    private readonly List<DataPlane> _planes = [];
    private (IStep Step, Exchange Exchange)[] _none = [];
    private (IStep Step, Exchange Exchange) _share;
    private (IStep Step, Exchange Exchange) _header;
    private (IStep Step, Exchange Exchange) _copy;
    private (IStep Step, Exchange Exchange) _limited;

    /// <summary>Creates a data plane for each policy, and a request that has reached the steps.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        var (plane, plain) = With(PolicyModel.Default);
        _none =
        [
            .. plane.Pipeline.Steps
                .Where(step => step is JwtStep or CorsStep or ExternalAuthorizationStep or FaultStep or MirrorStep)
                .Select(step => (step, plain)),
        ];
        _share = Of<FaultStep>(PolicyModel.Default with { Faults = [Abort with { Share = 0 }] });
        _header = Of<FaultStep>(
            PolicyModel.Default with { Faults = [Abort with { Header = new HeaderRule("x-fault", HeaderTest.Exact, "1") }] });
        _copy = Of<MirrorStep>(PolicyModel.Default with { Mirror = MirrorModel.Default with { Service = "orders", Share = 1e-12 } });
        _limited = Of<MirrorStep>(PolicyModel.Default with { Mirror = MirrorModel.Default with { Service = "orders", MaxConcurrent = 0 } });
    }

    /// <summary>All five steps, for a service without their sections.</summary>
    [Benchmark(Baseline = true)]
    public bool FiveStepsWithoutTheirSections()
    {
        var isNext = true;
        foreach (var (step, exchange) in _none)
        {
            isNext &= step.Take(exchange).Continues;
        }

        return isNext;
    }

    /// <summary>A fault whose share does not hit.</summary>
    [Benchmark]
    public bool FaultOfAShare() => Take(_share);

    /// <summary>A fault whose condition on a field does not match.</summary>
    [Benchmark]
    public bool FaultWithACondition() => Take(_header);

    /// <summary>A mirror whose share does not hit.</summary>
    [Benchmark]
    public bool CopyOfAShare() => Take(_copy);

    /// <summary>A mirror without a free permit for another copy.</summary>
    [Benchmark]
    public bool CopyWithoutAPermit() => Take(_limited);

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

    private static bool Take((IStep Step, Exchange Exchange) sample)
    {
        sample.Exchange.Fault = null;
        return sample.Step.Take(sample.Exchange).Continues;
    }

    private (IStep Step, Exchange Exchange) Of<T>(PolicyModel policy)
        where T : IStep
    {
        var (plane, exchange) = With(policy);
        return (plane.Pipeline.Steps.OfType<T>().Single(), exchange);
    }

    private (DataPlane Plane, Exchange Exchange) With(PolicyModel policy)
    {
        var plane = new DataPlane(new DataPlaneOptions { Node = "host-a", RoleName = "sidecar", AllowFaults = true });
        _planes.Add(plane);
        plane.Apply(SampleMesh.Snapshot(3, policy));
        var request = new SampleRequest(plane, "payments");
        request.Begin();
        request.Exchange.Method = "GET";
        request.Exchange.Route = new Route(plane.Mesh.Endpoints.Find("payments")!, TargetKind.MeshPeer);
        request.Exchange.Destination = "payments";
        request.Exchange.Caller = new("web", Verified: true);
        return (plane, request.Exchange);
    }
}
