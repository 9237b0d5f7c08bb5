using GatewayMesh.Client.Routes;

namespace GatewayMesh.Client.Failover;

/// <summary>
/// One attempt on one target. While no response headers come, the target is asked on another connection whether it lives; a slow one is left alone.
/// A hung one is given up only when the request may be sent again elsewhere.
/// </summary>
internal static class Attempt
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>Sends and waits for the response headers.</summary>
    /// <param name="message">The message.</param>
    /// <param name="target">Where to.</param>
    /// <param name="patient">The second round.</param>
    /// <param name="mayGiveUp">Asked when the target is hung: whether the request may be sent again elsewhere.</param>
    /// <param name="answerWait">Time without headers after which the target is asked; doubled, up to a second, after each answer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">The caller's.</param>
    public static async Task<AttemptOutcome> RunAsync(
        HttpRequestMessage message, Target target, bool patient, Func<bool> mayGiveUp, TimeSpan answerWait, TimeProvider time, CancellationToken cancellation)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var answer = target.SendAsync(message, patient, giveUp.Token);
        var hung = false;
        for (var wait = answerWait; !hung && !await CameAsync(answer, wait, time).ConfigureAwait(false); wait = wait * 2 < LongestWait ? wait * 2 : wait)
        {
            var question = target.TargetLiveness.IsHungAsync();
            await Task.WhenAny(answer, question).ConfigureAwait(false);
            hung = !answer.IsCompleted && await question.ConfigureAwait(false) && mayGiveUp();
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
