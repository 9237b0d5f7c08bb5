using Polly;
using Polly.Retry;

namespace GatewayMesh.Client.Routes;

/// <summary>
/// Whether a slow target is hung: only when so many questions in a row stay without an answer. Requests that wait at the same time share the questions,
/// and an answer holds for a moment.
/// </summary>
internal sealed class TargetLiveness(LiveProbe probe, int failures, TimeSpan answerHolds, TimeProvider time)
{
    private readonly ResiliencePipeline<TargetProbeResult> _again = Again(failures, time);
    private readonly Lock _asking = new();
    private Task<bool>? _question;
    private long? _livedAt;

    /// <summary>True when it is hung.</summary>
    public Task<bool> IsHungAsync()
    {
        lock (_asking)
        {
            if (_livedAt is { } at && time.GetElapsedTime(at) < answerHolds)
            {
                return Task.FromResult(false);
            }

            return _question ??= AskAsync();
        }
    }

    private async Task<bool> AskAsync()
    {
        // Not under the lock of the caller.
        await Task.Yield();
        var hung = true;
        try
        {
            hung = await _again.ExecuteAsync(static (probe, token) => probe.AskAsync(token), probe, CancellationToken.None).ConfigureAwait(false) == TargetProbeResult.Silent;
            return hung;
        }
        finally
        {
            lock (_asking)
            {
                _livedAt = hung ? null : time.GetTimestamp();
                _question = null;
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
