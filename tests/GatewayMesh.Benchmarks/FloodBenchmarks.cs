using BenchmarkDotNet.Attributes;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy;
using GatewayMesh.Proxy.Listeners.Floods;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Benchmarks;

/// <summary>Cost of counting an HTTP/2 frame, and of checking the limits of a head.</summary>
public class FloodBenchmarks : IDisposable
{
    private const int Frames = 1000;
    private readonly byte[] _useful = Repeat(0, 100);
    private readonly byte[] _useless = Repeat(6, 8);
    private readonly FrameBudget _budget = new(int.MaxValue, TimeProvider.System);
    private readonly HeadLimitStep _step = new(new LimitsSpec());
    private FrameScanner _scanner = new();
    private DataPlane _plane = null!;
    private SampleRequest _request = null!;

    /// <summary>The preface, and a request of three fields.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _scanner.Scan(new byte[24], _budget);
        _plane = new DataPlane(new DataPlaneOptions { Node = "host-a", RoleName = "sidecar" });
        _plane.Apply(SampleMesh.Snapshot(instances: 3));
        _request = new SampleRequest(_plane, "payments");
        _request.Begin();
        foreach (var step in _plane.Pipeline.Steps)
        {
            step.Take(_request.Exchange);
        }
    }

    /// <summary>DATA of 100 bytes, per frame.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    public void Data() => _scanner.Scan(_useful, _budget);

    /// <summary>PING, per frame.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    public void Ping() => _scanner.Scan(_useless, _budget);

    /// <summary>The limits of a head.</summary>
    [Benchmark]
    public bool Head() => _step.Take(_request.Exchange).Continues;

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _request.End();
        _plane.DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    private static byte[] Repeat(byte type, byte length) =>
        [.. Enumerable.Repeat((byte[])[0, 0, length, type, 0, 0, 0, 0, 1, .. new byte[length]], Frames).SelectMany(frame => frame)];
}
