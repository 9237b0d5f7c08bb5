using GatewayMesh.Configuration.Policies;

namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>
/// Where an instance stands with passive ejection. Immutable: every step makes a new one, swapped in by compare-and-exchange.
/// <code>
/// trusted ──too many failures in a row, or an outlier of an interval──► ejected ──time over──► one trial at a time ──well──► trusted
///                                                                          ▲                        │
///                                                                          └──── not well (longer) ─┘
/// </code>
/// </summary>
/// <param name="Epoch">Counts changes of trust: what a request of an older epoch has to say is out of date.</param>
/// <param name="Failures">Attempts in a row without an answer, while trusted.</param>
/// <param name="GatewayFailures">Answers of 502, 503 and 504 in a row, while trusted.</param>
/// <param name="ServerErrors">Answers of 500 to 599 in a row, while trusted.</param>
/// <param name="Times">Ejections in a row, 0 while trusted.</param>
/// <param name="Past">Ejections before, not yet forgotten, while trusted.</param>
/// <param name="Cause">Why it is ejected, or would be.</param>
/// <param name="Until">Timestamp at which a trial may begin; while trusted: until when it is known to fail, ejected or not (<see cref="Spared"/>).</param>
/// <param name="OnTrial">True while one request tries it.</param>
internal sealed record Ejection(int Epoch, int Failures, int GatewayFailures, int ServerErrors, int Times, int Past, EjectionCause Cause, long Until, bool OnTrial)
{
    private const int Most = 1_000_000; // of what is counted, so that nothing overflows

    /// <summary>Nothing is known against it.</summary>
    public static Ejection Trusted { get; } = new(0, 0, 0, 0, 0, 0, EjectionCause.None, 0, false);

    /// <summary>True while it gets no traffic but a trial.</summary>
    public bool IsEjected => Times > 0;

    /// <summary>True when a trial may begin.</summary>
    public bool TrialIsDue(long now) => IsEjected && !OnTrial && now >= Until;

    /// <summary>Whether it is worth a request where there is another way: neither ejected (or due for its trial) nor known to fail.</summary>
    public bool IsWell(long now) => IsEjected ? TrialIsDue(now) : now >= Until;

    /// <summary>After evidence of a request that began in <paramref name="epoch"/>; returns itself when nothing changes.</summary>
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
            // A success also of a request that went there in panic: it began after the ejection, so it shows the instance as it is now. A failure in
            // panic does not lengthen the ejection: else the panic itself would push it to the longest.
            return Cause.IsOver(outcome) ? Pardoned().Counting(outcome) : trial ? Ejected(Cause, policy, now, time) : this;
        }

        if ((outcome == EndpointOutcome.Success && (Failures | GatewayFailures | ServerErrors) == 0) || (outcome == EndpointOutcome.Alive && Failures == 0))
        {
            return this;
        }

        var counted = Counting(outcome);
        return counted.CauseBy(policy) is var cause && cause != EjectionCause.None ? counted.Ejected(cause, policy, now, time) : counted;
    }

    /// <summary>It would be ejected, and as many as may be are already, or there is no other: it stays in the choice, and is known to fail.</summary>
    public Ejection Spared(EndpointOutcome outcome, EjectionCause cause, PolicyModel policy, long now, TimeProvider time) =>
        Counting(outcome) with { Cause = cause, Until = now + (long)(policy.Ejection.Time.TotalSeconds * time.TimestampFrequency) };

    private Ejection Counting(EndpointOutcome outcome) => this with
    {
        Cause = outcome is EndpointOutcome.Success or EndpointOutcome.Alive ? EjectionCause.None : Cause,
        Until = outcome is EndpointOutcome.Success or EndpointOutcome.Alive ? 0 : Until,
        Failures = outcome is EndpointOutcome.ConnectFailed or EndpointOutcome.Failed ? Math.Min(Most, Failures + 1) : 0,
        GatewayFailures = OfAnswers(GatewayFailures, outcome, outcome is EndpointOutcome.GatewayError),
        ServerErrors = OfAnswers(ServerErrors, outcome, outcome is EndpointOutcome.GatewayError or EndpointOutcome.ServerError),
    };

    /// <summary>Ejected, longer than the time before.</summary>
    public Ejection Ejected(EjectionCause cause, PolicyModel policy, long now, TimeProvider time)
    {
        var times = Math.Min(Most, Math.Max(Times, Past) + 1);
        var seconds = Math.Min(policy.Ejection.Time.TotalSeconds * times, policy.Ejection.MaxTime.TotalSeconds);
        return new Ejection(Epoch + 1, 0, 0, 0, times, 0, cause, now + (long)(seconds * time.TimestampFrequency), false);
    }

    /// <summary>Trusted again; what was before is not forgotten at once.</summary>
    public Ejection Pardoned() => new(Epoch + 1, 0, 0, 0, 0, Times, EjectionCause.None, 0, false);

    /// <summary>An interval without ejection has passed.</summary>
    public Ejection Forgetting() => IsEjected || Past == 0 ? this : this with { Past = Past - 1 };

    private EjectionCause CauseBy(PolicyModel policy) =>
        Reaches(Failures, policy.Ejection.ConsecutiveFailures) ? EjectionCause.ConsecutiveFailures
        : Reaches(GatewayFailures, policy.Ejection.ConsecutiveGatewayFailures) ? EjectionCause.ConsecutiveGatewayFailures
        : Reaches(ServerErrors, policy.Ejection.Consecutive5xx) ? EjectionCause.Consecutive5xx
        : EjectionCause.None;

    // What brought no answer says nothing of answers, for or against (Envoy, split_external_local_origin_errors).
    private static int OfAnswers(int count, EndpointOutcome outcome, bool bad) =>
        outcome is EndpointOutcome.ConnectFailed or EndpointOutcome.Failed or EndpointOutcome.Alive ? count : bad ? Math.Min(Most, count + 1) : 0;

    private static bool Reaches(int count, int threshold) => threshold > 0 && count >= threshold;
}
