using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Attempts;

/// <summary>
/// Decides, once per failed attempt, whether another follows:
/// <code>
/// is a resend safe? ─► does the policy name the failure? ─► another instance or target? ─► how long to wait? ─► limit ─► time? ─► budgets
/// </code>
/// A positive decision has already spent budget and counted the attempt, so a response is never dropped for an attempt that is then not
/// made.
/// </summary>
internal sealed class RetryDecider(
    FailoverTargets targets, RetryBudgets budgets, TimeProvider time, SplitMix random, MeshMetrics metrics)
{
    /// <summary>Decides when a response head has arrived; true if the response is dropped in favor of another attempt.</summary>
    public bool Drops(Exchange exchange, MeshError error, ResponseHead response)
    {
        if (error.IsError)
        {
            return Follows(exchange, error); // Retry-After of a proxy that did not forward is about that proxy, not about the next
        }

        // A kept response is the one that every further attempt would get.
        if (!exchange.Route.Policy.Retries.LooksAtAnswers || exchange.IsKeyKept || !Names(exchange, response))
        {
            return false;
        }

        return Follows(exchange, Facts(exchange, error) with { IsAnswer = true }, RetryAfterField.Of(response, time));
    }

    /// <summary>True if another attempt follows one that ended with <paramref name="error"/>.</summary>
    public bool Follows(Exchange exchange, in MeshError error) => Follows(exchange, Facts(exchange, error), TimeSpan.Zero);

    /// <summary>True if the current attempt may be hedged: its method may be sent twice, and there is another instance.</summary>
    public static bool MayHedge(Exchange exchange) =>
        exchange.Route.Policy.Hedging.IsOn
            && exchange.Untried > 0
            && !exchange.IsUpgrade
            && exchange.Attempts.CanHedge
            && exchange.KeyOwner is null // a hedge goes to another instance, which does not know the key
            && MaySendTwice(exchange);

    /// <summary>
    /// True if a retry of a response may find an instance: another one, one of a failover target, or the same one again. False if a gateway
    /// carries the attempt, because the gateway retries, and for the application of this host.
    /// </summary>
    public static bool HasNextInstance(Exchange exchange) =>
        exchange.Attempt.Hop is { Destination: null, Kind: var kind }
        && (exchange.Untried > 0 || exchange.MayMove || (exchange.Route.Policy.Retries.SameInstance && kind != TargetKind.Application));

    /// <summary>Begins a hedge, which counts as an attempt and spends the budgets; false if none is allowed.</summary>
    public bool TryHedge(Exchange exchange) =>
        exchange.Attempts.CanHedge && exchange.Limit.TryBeginRetry() && TrySpendBudget(exchange) && exchange.Attempts.TryHedge();

    /// <summary>Spends the budgets for an attempt outside the retry rules; false if one of them is spent.</summary>
    public bool TrySpendBudget(Exchange exchange) => exchange.Budget?.TryTake() != false && budgets.Process.TryTake();

    /// <summary>
    /// Returns the final error of the request, with the reason that no attempt followed, unless the error itself makes that clear.
    /// </summary>
    public static MeshError Settle(Exchange exchange, in MeshError last)
    {
        var error = exchange.Attempts.Settle(last);
        if (exchange.LastVerdict is not (RetryVerdict.AttemptsUsedUp
            or RetryVerdict.BodyGone or RetryVerdict.NotIdempotent or RetryVerdict.LayerAboveRetries
            or RetryVerdict.BudgetSpent or RetryVerdict.LimitReached or RetryVerdict.NotNamed))
        {
            return error;
        }

        var reason = "no retry: " + MeshMetrics.WordOf(exchange.LastVerdict.Value);
        return error with { Details = error.Details is { } details ? $"{details}; {reason}" : reason };
    }

    private bool Follows(Exchange exchange, in RetryFacts facts, TimeSpan asked)
    {
        var verdict = Decide(exchange, facts, asked, out var wait);
        metrics.CountRetry(verdict);
        exchange.LastVerdict = verdict;
        exchange.Attempt.Wait = wait;
        return exchange.Attempt.IsNextGranted = verdict == RetryVerdict.Allowed;
    }

    private RetryVerdict Decide(Exchange exchange, in RetryFacts facts, TimeSpan asked, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        var verdict = exchange.Attempts.MayTryAgain(facts);
        if (verdict != RetryVerdict.Allowed)
        {
            return verdict;
        }

        if (!targets.TryEnter(exchange, out var move))
        {
            return DecideHere(exchange, facts, asked, ref exchange.Limit, isMove: false, out wait);
        }

        move.Reason = facts.Error.IsError ? facts.Error.Row.Reason : "response";
        verdict = DecideHere(
            exchange,
            facts,
            asked: TimeSpan.Zero, // about the current target
            ref move.IsOtherService ? ref move.Limit : ref exchange.Limit,
            isMove: true,
            out wait);
        if (verdict == RetryVerdict.Allowed)
        {
            FailoverTargets.Accept(exchange, move);
        }
        else
        {
            FailoverTargets.Release(exchange, move);
        }

        return verdict;
    }

    private RetryVerdict DecideHere(
        Exchange exchange, in RetryFacts facts, TimeSpan asked, ref LimitLease limit, bool isMove, out TimeSpan wait)
    {
        var retries = exchange.Route.Policy.Retries;
        wait = TimeSpan.Zero;

        // An application is a single instance, so its own proxy leaves retries at other instances to the caller's proxy. The exception is a
        // stream that the application reported as unprocessed: after GOAWAY (a server that recycles connections or restarts), a new
        // connection takes what the old one did not.
        var another = isMove || (exchange.Untried > 0 && exchange.KeyOwner is null);
        if (!another
            && exchange.KeyOwner is null
            && !facts.Error.IsStreamRefused
            && !(retries.SameInstance && exchange.Attempt.Hop.Kind != TargetKind.Application))
        {
            return RetryVerdict.NoOtherInstance;
        }

        if (asked > retries.RetryAfterMax)
        {
            return RetryVerdict.WaitTooLong;
        }

        // A request that was not forwarded cost nothing: the first retry starts at once.
        if (facts.Forwarded || !another || exchange.Attempts.Own > 1)
        {
            var jitter = Backoff.Before(exchange.Attempts.Own, retries.Backoff, random);
            wait = asked > jitter ? asked : jitter;
        }

        return limit.TryBeginRetry()
            ? exchange.Attempts.TryNext(facts, exchange.Deadline, budgets.Process, exchange.Budget, wait)
            : RetryVerdict.LimitReached;
    }

    // A gRPC response without a message has its status in the head, or in the trailers of an empty stream; the status of others arrives too
    // late for a retry.
    private static bool Names(Exchange exchange, ResponseHead response)
    {
        var retries = exchange.Route.Policy.Retries;
        return RetryTriggers.NamesStatus(retries, response.Status)
            || (exchange.Attempt.GrpcStatus != GrpcStatus.None && RetryTriggers.NamesGrpc(retries, exchange.Attempt.GrpcStatus));
    }

    private static RetryFacts Facts(Exchange exchange, in MeshError error)
    {
        var retries = exchange.Route.Policy.Retries;
        return new RetryFacts(error, MaySendTwice(exchange), exchange.CanGoElsewhere, exchange.Response.HasStarted)
        {
            IsUnnamed = error.IsError && !RetryTriggers.Names(retries, error),
        };
    }

    // The key's owner gets the request again, also after a gateway was lost, and no other instance does. It had announced that it keeps
    // keys before the request was sent, and has not withdrawn that.
    private static bool CalleeKeepsKeys(Exchange exchange) => exchange is { IsKeyKept: true, KeyOwner.Model.KeepsKeys: true };

    private static bool MaySendTwice(Exchange exchange)
    {
        var method = exchange.Method;
        return Idempotence.Of(method) || exchange.Route.Policy.Retries.OptsIn(method) || CalleeKeepsKeys(exchange);
    }
}
