using BenchmarkDotNet.Attributes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Benchmarks;

/// <summary>Cost of each limit for a request, from entering to leaving.</summary>
public class LimitBenchmarks : IDisposable
{
    private readonly MeshMetrics _metrics = new();
    private ServiceLimits _service = null!;
    private Breaker _breaker = null!;
    private AdaptiveLimit _adaptive = null!;

    /// <summary>Creates the limits.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        _service = new ServiceLimits("payments", PolicyModel.Default, TimeProvider.System, new SplitMix(1), new Refusals(_metrics));
        _breaker = new Breaker(new BreakerModel { Enabled = true }, TimeProvider.System);
        _adaptive = new AdaptiveLimit(
            new AdaptiveConcurrencyModel { Enabled = true }, SheddingModel.Default, TimeProvider.System, new SplitMix(1));
    }

    /// <summary><c>maxConcurrentRequests</c>.</summary>
    [Benchmark]
    public void Requests()
    {
        if (_service.TryEnterCall(Criticality.Default) == LimitVerdict.Admitted)
        {
            _service.LeaveCall();
        }
    }

    /// <summary><c>maxConnections</c>.</summary>
    [Benchmark]
    public void Connections()
    {
        if (_service.Http1.TryTake())
        {
            _service.Http1.Release();
        }
    }

    /// <summary>The circuit breaker.</summary>
    [Benchmark]
    public void CircuitBreaker()
    {
        if (_breaker.TryEnter(out var pass))
        {
            pass.End(failed: false);
        }
    }

    /// <summary><c>adaptiveConcurrency</c>.</summary>
    [Benchmark]
    public void Adaptive()
    {
        if (_adaptive.TryEnter(Criticality.Default) == LimitVerdict.Admitted)
        {
            _adaptive.Leave(long.MaxValue, TimeSpan.FromMilliseconds(5));
        }
    }

    /// <inheritdoc/>
    [GlobalCleanup]
    public void Dispose()
    {
        _service.Dispose();
        _metrics.Dispose();
        GC.SuppressFinalize(this);
    }
}
