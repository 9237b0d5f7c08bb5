using Polly;
using Polly.Retry;

namespace GatewayMesh.Client.Routes;

/// <summary>
/// Decides if a slow target is hung: after several consecutive probes without an answer. Waiting requests share the probes, and an answer
/// stays valid for a moment.
/// </summary>
internal sealed class TargetLiveness(LiveProbe probe, int failures, TimeSpan answerHolds, TimeProvider time)
{
    private readonly ResiliencePipeline<TargetProbeResult> _again = Again(failures, time);
    private readonly Lock _asking = new();
    private Task<bool>? _probing;
    private long? _livedAt;

    /// <summary>True if the target is hung.</summary>
    public Task<bool> IsHungAsync()
    {
        lock (_asking)
        {
            if (_livedAt is { } at && time.GetElapsedTime(at) < answerHolds)
            {
                return Task.FromResult(false);
            }

            return _probing ??= AskAsync();
        }
    }

    private async Task<bool> AskAsync()
    {
        // Leaves the caller's lock.
        await Task.Yield();
        var hung = true;
        try
        {
            hung = await _again.ExecuteAsync(
                static (probe, token) =>
                    probe.AskAsync(token), probe, CancellationToken.None).ConfigureAwait(false) == TargetProbeResult.Silent;
            return hung;
        }
        finally
        {
            lock (_asking)
            {
                _livedAt = hung ? null : time.GetTimestamp();
                _probing = null;
            }
        }
    }

    private static ResiliencePipeline<TargetProbeResult> Again(int failures, TimeProvider time) =>
        failures == 1
            ? ResiliencePipeline<TargetProbeResult>.Empty
            : new ResiliencePipelineBuilder<TargetProbeResult> { TimeProvider = time }
                .AddRetry(new RetryStrategyOptions<TargetProbeResult>
                {
                    ShouldHandle = new PredicateBuilder<TargetProbeResult>().HandleResult(TargetProbeResult.Silent),
                    MaxRetryAttempts = failures - 1,
                    Delay = TimeSpan.Zero,
                })
                .Build();
}
