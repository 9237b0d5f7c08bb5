using BenchmarkDotNet.Attributes;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Proxy.Limits;
using Polly;
using Polly.CircuitBreaker;

namespace GatewayMesh.Benchmarks;

/// <summary>Why the circuit breaker is our own: it against Polly's, around an attempt that completes later, as each attempt over a network does.</summary>
public class BreakerBenchmarks
{
    private readonly Breaker _own = new(new BreakerModel { Enabled = true }, TimeProvider.System);
    private readonly ResiliencePipeline<bool> _polly = new ResiliencePipelineBuilder<bool>()
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool> { FailureRatio = 0.5, MinimumThroughput = 20, SamplingDuration = TimeSpan.FromSeconds(10), BreakDuration = TimeSpan.FromSeconds(5) })
        .Build();

    /// <summary>The attempt alone.</summary>
    [Benchmark(Baseline = true)]
    public ValueTask<bool> Bare() => AttemptAsync();

    /// <summary>Our breaker around it.</summary>
    [Benchmark]
    public async ValueTask<bool> Own()
    {
        if (!_own.TryEnter(out var pass))
        {
            return false;
        }

        var well = await AttemptAsync().ConfigureAwait(false);
        pass.End(failed: !well);
        return well;
    }

    /// <summary>Polly's around it.</summary>
    [Benchmark]
    public ValueTask<bool> PollyCircuitBreaker() => _polly.ExecuteAsync(static (self, _) => self.AttemptAsync(), this, CancellationToken.None);

    private async ValueTask<bool> AttemptAsync()
    {
        await Task.Yield();
        return true;
    }
}
