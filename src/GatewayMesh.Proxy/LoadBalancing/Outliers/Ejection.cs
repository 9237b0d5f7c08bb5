using GatewayMesh.Configuration.Policies;

namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>
/// Passive ejection state of an instance. Immutable: each step creates a new state, swapped in by compare-and-exchange.
/// <code>
/// trusted ──too many failures in a row, or an outlier of an interval──► ejected ──time elapsed──► one trial at a time ──success──► trusted
///                                                                          ▲                        │
///                                                                          └──── failure (longer) ─┘
/// </code>
/// </summary>
/// <param name="Epoch">Number of trust changes: evidence from a request of an older epoch is obsolete.</param>
/// <param name="Failures">Consecutive attempts without a response, while trusted.</param>
/// <param name="GatewayFailures">Consecutive responses with 502, 503, or 504, while trusted.</param>
/// <param name="ServerErrors">Consecutive responses with 500 to 599, while trusted.</param>
/// <param name="Times">Consecutive ejections; 0 while trusted.</param>
/// <param name="Past">Earlier ejections that are not yet forgotten, while trusted.</param>
/// <param name="Cause">Cause of the actual or suppressed ejection.</param>
/// <param name="Until">Timestamp of the first permitted trial; while trusted, end of the time in which the instance is known to fail
/// (<see cref="Spared"/>).</param>
/// <param name="OnTrial">True while a trial is running.</param>
internal sealed record Ejection(
    int Epoch, int Failures, int GatewayFailures, int ServerErrors, int Times, int Past, EjectionCause Cause, long Until, bool OnTrial)
{
    private const int Max = 1_000_000; // bound of all counts, against overflow

    /// <summary>State of an instance without negative evidence.</summary>
    public static Ejection Trusted { get; } = new(0, 0, 0, 0, 0, 0, EjectionCause.None, 0, false);

    /// <summary>True while the instance receives only a trial request.</summary>
    public bool IsEjected => Times > 0;

    /// <summary>True if a trial may start.</summary>
    public bool TrialIsDue(long now) => IsEjected && !OnTrial && now >= Until;

    /// <summary>True if the instance is preferred over other routes: not known to fail, and not ejected (or due for its trial).</summary>
    public bool IsAvailable(long now) => IsEjected ? TrialIsDue(now) : now >= Until;

    /// <summary>
    /// Returns the state after evidence from a request that began in <paramref name="epoch"/>; returns this state if nothing changes.
    /// </summary>
    public Ejection After(EndpointOutcome outcome, int epoch, bool trial, PolicyModel policy, long now, TimeProvider time)
    {
        if (epoch != Epoch)
        {
            return this;
        }

        if (outcome == EndpointOutcome.Cancelled)
        {
            return trial ? this with { OnTrial = false } : this;
        }

        if (IsEjected)
        {
            // A success of a request sent in panic counts too: it began after the ejection, so it shows the current state. A failure in
            // panic does not extend the ejection; otherwise panic itself would extend it to the maximum.
            return Cause.IsOver(outcome) ? Pardoned().Counting(outcome) : trial ? Ejected(Cause, policy, now, time) : this;
        }

        if ((outcome == EndpointOutcome.Success && (Failures | GatewayFailures | ServerErrors) == 0)
            || (outcome == EndpointOutcome.Alive && Failures == 0))
        {
            return this;
        }

        var counted = Counting(outcome);
        return counted.CauseBy(policy) is var cause && cause != EjectionCause.None ? counted.Ejected(cause, policy, now, time) : counted;
    }

    /// <summary>
    /// Returns the state of an instance that is spared from ejection, because the maximum number is ejected or there is no other instance:
    /// it stays selectable but is known to fail.
    /// </summary>
    public Ejection Spared(EndpointOutcome outcome, EjectionCause cause, PolicyModel policy, long now, TimeProvider time) =>
        Counting(outcome) with { Cause = cause, Until = now + (long)(policy.Ejection.Time.TotalSeconds * time.TimestampFrequency) };

    private Ejection Counting(EndpointOutcome outcome) => this with
    {
        Cause = outcome is EndpointOutcome.Success or EndpointOutcome.Alive ? EjectionCause.None : Cause,
        Until = outcome is EndpointOutcome.Success or EndpointOutcome.Alive ? 0 : Until,
        Failures = outcome is EndpointOutcome.ConnectFailed or EndpointOutcome.Failed ? Math.Min(Max, Failures + 1) : 0,
        GatewayFailures = OfAnswers(GatewayFailures, outcome, outcome is EndpointOutcome.GatewayError),
        ServerErrors = OfAnswers(ServerErrors, outcome, outcome is EndpointOutcome.GatewayError or EndpointOutcome.ServerError),
    };

    /// <summary>Returns an ejected state that lasts longer than the previous ejection.</summary>
    public Ejection Ejected(EjectionCause cause, PolicyModel policy, long now, TimeProvider time)
    {
        var times = Math.Min(Max, Math.Max(Times, Past) + 1);
        var seconds = Math.Min(policy.Ejection.Time.TotalSeconds * times, policy.Ejection.MaxTime.TotalSeconds);
        return new Ejection(Epoch + 1, 0, 0, 0, times, 0, cause, now + (long)(seconds * time.TimestampFrequency), false);
    }

    /// <summary>Returns a trusted state; earlier ejections are forgotten gradually.</summary>
    public Ejection Pardoned() => new(Epoch + 1, 0, 0, 0, 0, Times, EjectionCause.None, 0, false);

    /// <summary>Returns the state after an interval without ejection.</summary>
    public Ejection Forgetting() => IsEjected || Past == 0 ? this : this with { Past = Past - 1 };

    private EjectionCause CauseBy(PolicyModel policy) =>
        Reaches(Failures, policy.Ejection.ConsecutiveFailures) ? EjectionCause.ConsecutiveFailures
        : Reaches(GatewayFailures, policy.Ejection.ConsecutiveGatewayFailures) ? EjectionCause.ConsecutiveGatewayFailures
        : Reaches(ServerErrors, policy.Ejection.Consecutive5xx) ? EjectionCause.Consecutive5xx
        : EjectionCause.None;

    // Attempts without a response are no evidence about responses (Envoy, split_external_local_origin_errors).
    private static int OfAnswers(int count, EndpointOutcome outcome, bool bad) =>
        outcome is EndpointOutcome.ConnectFailed or EndpointOutcome.Failed or EndpointOutcome.Alive
            ? count
            : bad
            ? Math.Min(Max, count + 1)
            : 0;

    private static bool Reaches(int count, int threshold) => threshold > 0 && count >= threshold;
}
