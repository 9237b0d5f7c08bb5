using System.Net;
using BenchmarkDotNet.Attributes;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Idempotency;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Idempotency;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Benchmarks;

/// <summary>Cost of the step of idempotency keys: without the section, without a key, and with a key at the caller's side.</summary>
[MemoryDiagnoser]
public class IdempotencyBenchmarks : IDisposable
{
    private readonly List<DataPlane> _planes = [];
    private IdempotencyStep _step = null!;
    private SampleRequest _off = null!;
    private SampleRequest _keyless = null!;
    private SampleRequest _keyed = null!;

    /// <summary>Creates a data plane for each policy, and a request that has reached the step.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _off = With(isOn: false, key: "8e03978e-40d5-43dd-bc93-6894a57f9324");
        _keyless = With(isOn: true, key: null);
        _keyed = With(isOn: true, key: "8e03978e-40d5-43dd-bc93-6894a57f9324");
        _step = _planes[0].Pipeline.Steps.OfType<IdempotencyStep>().Single();
    }

    /// <summary>A key, but a service without the section.</summary>
    [Benchmark(Baseline = true)]
    public bool WithoutTheSection() => _step.Take(_off.Exchange).Continues;

    /// <summary>The section, but no key.</summary>
    [Benchmark]
    public bool WithoutAKey() => _step.Take(_keyless.Exchange).Continues;

    /// <summary>A key at the caller's sidecar, which selects the instance by it.</summary>
    [Benchmark]
    public bool AtTheCaller() => _step.Take(_keyed.Exchange).Continues;

    /// <summary>The digest that identifies a key at the callee's sidecar.</summary>
    [Benchmark]
    public object DigestOfAKey() => Digest.OfKey("spiffe://mesh/ns/default/dc/dc1/svc/web", "payments", "8e03978e-40d5-43dd-bc93-6894a57f9324");

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

    private SampleRequest With(bool isOn, string? key)
    {
        var plane = new DataPlane(new DataPlaneOptions { Node = "host-a", RoleName = "sidecar" });
        _planes.Add(plane);
        plane.Apply(SampleMesh.Snapshot(3, PolicyModel.Default with { Idempotency = new IdempotencyModel { Enabled = isOn } }));
        var listener = new ListenerSpec("out", ListenerKind.Outbound, new IPEndPoint(IPAddress.Loopback, 15001));
        var request = new SampleRequest(plane, "payments", listener: listener);
        request.Begin();
        request.Exchange.Head.Method = "POST";
        if (key is not null)
        {
            request.Exchange.Head.Fields.Add("Idempotency-Key", key);
        }

        request.Exchange.Route = new Route(plane.Mesh.Endpoints.Find("payments")!, TargetKind.MeshPeer);
        return request;
    }
}
