using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Policies.Retries;
using Polly;
using Polly.Retry;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>
/// Retries as Polly strategies, one compiled per policy at its first failed attempt, so that successful requests pay nothing. Handled
/// failures and waits are decided once, at the point of failure, because the decision spends budget (<see cref="AttemptEnd"/>); the
/// strategy bounds the number of attempts and waits on the mesh's clock.
/// </summary>
internal sealed class RetryStrategies(TimeProvider time)
{
    private readonly ConditionalWeakTable<RetriesModel, ResiliencePipeline<AttemptEnd>> _compiled = [];
    private readonly ConditionalWeakTable<RetriesModel, ResiliencePipeline<AttemptEnd>>.CreateValueCallback _compile =
        retries => Compile(retries, time);

    /// <summary>Returns the strategy of a policy.</summary>
    public ResiliencePipeline<AttemptEnd> Of(RetriesModel retries) => _compiled.GetValue(retries, _compile);

    private static ResiliencePipeline<AttemptEnd> Compile(RetriesModel retries, TimeProvider time) =>
        new ResiliencePipelineBuilder<AttemptEnd> { Name = "retries", TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<AttemptEnd>
            {
                MaxRetryAttempts = Math.Max(1, retries.MaxAttempts - 1),
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result.Follows),
                DelayGenerator = static args => ValueTask.FromResult<TimeSpan?>(args.Outcome.Result.Wait),
            })
            .Build();
}
