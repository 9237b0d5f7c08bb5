using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Attempts;

/// <summary>
/// Attempts of one request, counted over all layers so that retries of different layers do not multiply. A value type: keep it in the
/// request. <c>gatewaymesh-attempt: N</c> is the number of the current attempt. A new attempt begins only while N is below the maximum, and
/// a request that arrived with N ≥ 2 is retried here only if it was not forwarded.
/// </summary>
public struct AttemptCount
{
    /// <summary>
    /// Creates the count of a request that arrived as attempt <paramref name="arrived"/> (1 if unspecified), of at most
    /// <paramref name="max"/>.
    /// </summary>
    public AttemptCount(int arrived, int max)
    {
        Arrived = Math.Max(1, arrived);
        Number = Arrived;
        Max = max;
    }

    /// <summary>Number of the attempt in which the request arrived.</summary>
    public int Arrived { get; }

    /// <summary>Number of the current attempt: the value of <c>gatewaymesh-attempt</c> for the next hop.</summary>
    public int Number { get; private set; }

    /// <summary>Maximum number of attempts over all layers.</summary>
    public int Max { get; }

    /// <summary>True if an earlier failed attempt of this layer was forwarded.</summary>
    public bool WasForwarded { get; private set; }

    /// <summary>Number of attempts made by this layer.</summary>
    public readonly int Own => Number - Arrived + 1;

    /// <summary>Evaluates the rule without side effects.</summary>
    public readonly RetryVerdict MayTryAgain(in RetryFacts facts)
    {
        if (!facts.IsAnswer && !facts.Error.IsRetryable)
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
    /// Returns the final error of the request. A refused last attempt does not undo an earlier one that an application may have seen:
    /// <c>forwarded=?0</c> requires that no attempt was forwarded.
    /// </summary>
    public readonly MeshError Settle(in MeshError last) => last with { Forwarded = last.Forwarded || WasForwarded };

    /// <summary>
    /// Evaluates the rule, then the deadline, then the budgets. The budgets come last because checking them spends, and the service's
    /// before the process's, so that a retry refused by the process costs the service one and never the reverse. If the result is
    /// <see cref="RetryVerdict.Allowed"/>, the next attempt has begun: <see cref="Number"/> has increased.
    /// </summary>
    /// <param name="facts">Facts about the failed attempt.</param>
    /// <param name="deadline">Deadline of the request.</param>
    /// <param name="budget">Budget of the process.</param>
    /// <param name="service">Budget of the service; null means unlimited.</param>
    /// <param name="wait">Wait before the next attempt, which must end before the deadline.</param>
    public RetryVerdict TryNext(
        in RetryFacts facts, in Deadline deadline, RetryBudget budget, RetryBudget? service = null, TimeSpan wait = default)
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

    /// <summary>True if an additional concurrent attempt may begin: one is left, and no layer above has sent the request again.</summary>
    public readonly bool CanHedge => Number < Max && Arrived < 2;

    /// <summary>
    /// Counts an additional concurrent attempt (a hedge) as forwarded, because either may deliver the response. Returns false if no attempt
    /// is left.
    /// </summary>
    public bool TryHedge()
    {
        if (!CanHedge)
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
