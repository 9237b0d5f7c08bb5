using GatewayMesh.Proxy.Errors;

namespace GatewayMesh.Proxy.Resilience;

/// <summary>
/// The attempts of one request, counted over all layers, so that retries of layers do not multiply. A value: keep it in the request.
/// <c>gatewaymesh-attempt: N</c> names the attempt under way; a new one begins only while N is below the maximum, and a request that
/// came with N ≥ 2 is tried again here only when it was not forwarded.
/// </summary>
public struct Attempts
{
    /// <summary>A request that arrived as attempt <paramref name="arrived"/> (1 when nobody said so), of at most <paramref name="max"/>.</summary>
    public Attempts(int arrived, int max)
    {
        Arrived = Math.Max(1, arrived);
        Number = Arrived;
        Max = max;
    }

    /// <summary>The attempt as which the request arrived.</summary>
    public int Arrived { get; }

    /// <summary>The attempt under way: the value of <c>gatewaymesh-attempt</c> for the next hop.</summary>
    public int Number { get; private set; }

    /// <summary>Attempts over all layers.</summary>
    public int Max { get; }

    /// <summary>True when an attempt of this layer that failed and was followed by another had been forwarded.</summary>
    public bool WasForwarded { get; private set; }

    /// <summary>Attempts made by this layer.</summary>
    public readonly int Own => Number - Arrived + 1;

    /// <summary>The rule, without side effect.</summary>
    public readonly RetryVerdict MayTryAgain(in RetryFacts facts)
    {
        if (!facts.IsAnswer && !facts.Error.Row.Retryable)
        {
            return RetryVerdict.Pointless;
        }

        if (facts.IsUnnamed)
        {
            return RetryVerdict.NotNamed;
        }

        if (facts.ResponseStarted)
        {
            return RetryVerdict.ResponseStarted;
        }

        if (Number >= Max)
        {
            return RetryVerdict.AttemptsUsedUp;
        }

        if (!facts.BodyReplayable)
        {
            return RetryVerdict.BodyGone;
        }

        if (!facts.Forwarded)
        {
            return RetryVerdict.Allowed;
        }

        return !facts.Idempotent ? RetryVerdict.NotIdempotent : Arrived >= 2 ? RetryVerdict.LayerAboveRetries : RetryVerdict.Allowed;
    }

    /// <summary>
    /// The error to answer with in the end. A last attempt that was refused does not undo an earlier one that an application may have seen:
    /// <c>forwarded=?0</c> is said only when it holds for every attempt.
    /// </summary>
    public readonly MeshError Settle(in MeshError last) => last with { Forwarded = last.Forwarded || WasForwarded };

    /// <summary>
    /// The rule, then the deadline, then the budgets (asked last, because asking spends; the service's before the process's, so that a retry that the
    /// process refuses costs the service one and never the other way round). When the answer is <see cref="RetryVerdict.Allowed"/> the next attempt
    /// has begun: <see cref="Number"/> has moved on.
    /// </summary>
    /// <param name="facts">What is known of the attempt that failed.</param>
    /// <param name="deadline">When the request must be over.</param>
    /// <param name="budget">What the process may spend.</param>
    /// <param name="service">What may be spent on the service; null: not bounded.</param>
    /// <param name="wait">How long the next attempt waits first; it must be over before the deadline is.</param>
    public RetryVerdict TryNext(in RetryFacts facts, in Deadline deadline, RetryBudget budget, RetryBudget? service = null, TimeSpan wait = default)
    {
        var verdict = MayTryAgain(facts);
        if (verdict != RetryVerdict.Allowed)
        {
            return verdict;
        }

        if (deadline.IsSet && deadline.Remaining <= wait)
        {
            return RetryVerdict.DeadlineExceeded;
        }

        if (service?.TryTake() == false || !budget.TryTake())
        {
            return RetryVerdict.BudgetSpent;
        }

        Begin(facts.Forwarded);
        return RetryVerdict.Allowed;
    }

    /// <summary>Counts a further attempt beside the one under way (a hedge), which counts as forwarded: the answer may come of either. False when there is none left.</summary>
    public bool TryHedge()
    {
        if (Number >= Max || Arrived >= 2)
        {
            return false;
        }

        Begin(forwarded: true);
        return true;
    }

    private void Begin(bool forwarded)
    {
        Number++;
        WasForwarded |= forwarded;
    }
}
