using BenchmarkDotNet.Attributes;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Proxy.Limits;
using Polly;
using Polly.CircuitBreaker;

namespace GatewayMesh.Benchmarks;

/// <summary>
/// Compares our circuit breaker with Polly's, around an attempt that completes asynchronously, as network attempts do. The result is the
/// reason for our own.
/// </summary>
public class BreakerBenchmarks
{
    private readonly Breaker _own = new(new BreakerModel { Enabled = true }, TimeProvider.System);
    private readonly ResiliencePipeline<bool> _polly = new ResiliencePipelineBuilder<bool>()
        .AddCircuitBreaker(
            new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 20,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = TimeSpan.FromSeconds(5),
            })
        .Build();

    /// <summary>The attempt without a breaker.</summary>
    [Benchmark(Baseline = true)]
    public ValueTask<bool> Bare() => AttemptAsync();

    /// <summary>The attempt with our breaker.</summary>
    [Benchmark]
    public async ValueTask<bool> Own()
    {
        if (!_own.TryEnter(out var pass))
        {
            return false;
        }

        var succeeded = await AttemptAsync().ConfigureAwait(false);
        pass.End(failed: !succeeded);
        return succeeded;
    }

    /// <summary>The attempt with Polly's breaker.</summary>
    [Benchmark]
    public ValueTask<bool> PollyCircuitBreaker() =>
        _polly.ExecuteAsync(static (self, _) => self.AttemptAsync(), this, CancellationToken.None);

    private async ValueTask<bool> AttemptAsync()
    {
        await Task.Yield();
        return true;
    }
}
