using System.Runtime.CompilerServices;
using GatewayMesh.Configuration.Policies.Retries;
using Polly;
using Polly.Retry;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>
/// Retries as Polly strategies, one compiled for each policy when its first attempt fails: while all goes well nobody pays for them. Which failures are handled and
/// how long is waited is decided where the failure is seen, once, because deciding spends budget (<see cref="AttemptEnd"/>); the strategy
/// bounds the number of attempts and waits on the clock of the mesh.
/// </summary>
internal sealed class RetryStrategies(TimeProvider time)
{
    private readonly ConditionalWeakTable<RetriesModel, ResiliencePipeline<AttemptEnd>> _compiled = [];
    private readonly ConditionalWeakTable<RetriesModel, ResiliencePipeline<AttemptEnd>>.CreateValueCallback _compile = retries => Compile(retries, time);

    /// <summary>The strategy of a policy.</summary>
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
