using GatewayMesh.Client.Routes;

namespace GatewayMesh.Client.Failover;

/// <summary>
/// One attempt on one target. While no response headers arrive, a probe on another connection checks that the target is alive. A slow
/// target is left alone. A hung target is abandoned only if the request may be sent again elsewhere.
/// </summary>
internal static class TargetAttempt
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>Sends and waits for the response headers.</summary>
    /// <param name="message">The message.</param>
    /// <param name="target">The target.</param>
    /// <param name="patient">True in the second round.</param>
    /// <param name="mayGiveUp">Returns true if the request may be sent again elsewhere. Called when the target is hung.</param>
    /// <param name="answerWait">
    /// Time without headers after which the target is probed; doubled after each answered probe, up to one second.
    /// </param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">The caller's token.</param>
    public static async Task<AttemptOutcome> RunAsync(
        HttpRequestMessage message,
        Target target,
        bool patient,
        Func<bool> mayGiveUp,
        TimeSpan answerWait,
        TimeProvider time,
        CancellationToken cancellation)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var answer = target.SendAsync(message, patient, giveUp.Token);
        var hung = false;
        for (
            var wait = answerWait; !hung && !await CameAsync(answer, wait, time).ConfigureAwait(false); wait = wait * 2 < LongestWait
                ? wait * 2
                : wait)
        {
            var probe = target.TargetLiveness.IsHungAsync();
            await Task.WhenAny(answer, probe).ConfigureAwait(false);
            hung = !answer.IsCompleted && await probe.ConfigureAwait(false) && mayGiveUp();
        }

        if (hung)
        {
            await giveUp.CancelAsync().ConfigureAwait(false);
        }

        try
        {
            return AttemptOutcome.Of(await answer.ConfigureAwait(false));
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested)
        {
            if (hung)
            {
                return AttemptOutcome.Hung(error);
            }

            if (AttemptOutcome.Of(error) is { } outcome)
            {
                return outcome;
            }

            throw;
        }
    }

    private static async ValueTask<bool> CameAsync(Task<HttpResponseMessage> answer, TimeSpan wait, TimeProvider time)
    {
        if (!answer.IsCompleted)
        {
            await ((Task)answer).WaitAsync(wait, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return answer.IsCompleted;
    }
}
