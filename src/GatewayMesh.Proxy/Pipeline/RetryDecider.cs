using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Grpc;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Decides, once for each attempt that failed, whether another follows:
/// <code>
/// may it be sent twice? ─► does the policy name the failure? ─► another instance? ─► how long to wait? ─► limit ─► time left? ─► budgets
/// </code>
/// What says yes has spent budget and counted the attempt, so that an answer is never dropped in favour of an attempt that is not made then.
/// </summary>
internal sealed class RetryDecider(RetryBudgets budgets, TimeProvider time, SplitMix random, MeshMetrics metrics)
{
    /// <summary>The head of an answer is there; true when it gives way to another attempt.</summary>
    public bool Drops(Exchange exchange, MeshError error, HttpResponseMessage response)
    {
        if (error.IsError)
        {
            return Follows(exchange, error); // Retry-After of a proxy that did not forward speaks of that proxy, not of the next
        }

        if (!exchange.Route.Policy.Retries.LooksAtAnswers || !Names(exchange, response))
        {
            return false;
        }

        return Follows(exchange, Facts(exchange, error) with { IsAnswer = true }, RetryAfterField.Of(response, time));
    }

    /// <summary>Whether another attempt follows one that ended with <paramref name="error"/>.</summary>
    public bool Follows(Exchange exchange, in MeshError error) => Follows(exchange, Facts(exchange, error), TimeSpan.Zero);

    /// <summary>Whether the attempt under way may be hedged at all: its method may be sent twice, and there is somebody else to ask.</summary>
    public static bool MayHedge(Exchange exchange) =>
        exchange.Route.Policy.Hedging.IsOn && exchange.Untried > 0 && !exchange.IsUpgrade && exchange.Attempts.Number < exchange.Attempts.Max && MaySendTwice(exchange);

    /// <summary>Begins a hedge, which is an attempt and spends as one; false when there may be none.</summary>
    public bool TryHedge(Exchange exchange) => exchange.Untried > 0 && exchange.Limit.TryBeginRetry() && TryPay(exchange) && exchange.Attempts.TryHedge();

    /// <summary>Spends what an attempt beside the rules costs; false when nothing is left.</summary>
    public bool TryPay(Exchange exchange) => exchange.Budget?.TryTake() != false && budgets.Process.TryTake();

    /// <summary>The error to answer with in the end; it says why nothing followed, where that is not plain from the error itself.</summary>
    public static MeshError Settle(Exchange exchange, in MeshError last)
    {
        var error = exchange.Attempts.Settle(last);
        if (exchange.LastVerdict is not (RetryVerdict.AttemptsUsedUp or RetryVerdict.BodyGone or RetryVerdict.NotIdempotent or RetryVerdict.LayerAboveRetries
            or RetryVerdict.BudgetSpent or RetryVerdict.LimitReached or RetryVerdict.NotNamed))
        {
            return error;
        }

        var words = "no retry: " + MeshMetrics.WordOf(exchange.LastVerdict.Value);
        return error with { Details = error.Details is { } details ? $"{details}; {words}" : words };
    }

    private bool Follows(Exchange exchange, in RetryFacts facts, TimeSpan asked)
    {
        var verdict = Decide(exchange, facts, asked, out var wait);
        metrics.CountRetry(verdict);
        exchange.LastVerdict = verdict;
        exchange.Wait = wait;
        return exchange.IsNextGranted = verdict == RetryVerdict.Allowed;
    }

    private RetryVerdict Decide(Exchange exchange, in RetryFacts facts, TimeSpan asked, out TimeSpan wait)
    {
        var retries = exchange.Route.Policy.Retries;
        wait = TimeSpan.Zero;
        var verdict = exchange.Attempts.MayTryAgain(facts);
        if (verdict != RetryVerdict.Allowed)
        {
            return verdict;
        }

        // An application is one instance, and its own proxy leaves it to the caller's to ask another; unless it has itself said of the stream that it did nothing
        // with it: after GOAWAY (a server that ends its connections now and then, or restarts) a new connection takes what the old one did not.
        var another = exchange.Untried > 0;
        if (!another && !facts.Error.IsStreamRefused && !(retries.SameInstance && exchange.Hop.Kind != TargetKind.Application))
        {
            return RetryVerdict.NoOtherInstance;
        }

        if (asked > retries.RetryAfterMax)
        {
            return RetryVerdict.WaitTooLong;
        }

        // What was not forwarded has cost nobody anything: the first time it goes on at once.
        if (facts.Forwarded || !another || exchange.Attempts.Own > 1)
        {
            var jitter = Backoff.Before(exchange.Attempts.Own, retries.Backoff, random);
            wait = asked > jitter ? asked : jitter;
        }

        return exchange.Limit.TryBeginRetry()
            ? exchange.Attempts.TryNext(facts, exchange.Deadline, budgets.Process, exchange.Budget, wait)
            : RetryVerdict.LimitReached;
    }

    // A gRPC answer of trailers only has its status in the head; that of another comes when it is too late.
    private static bool Names(Exchange exchange, HttpResponseMessage response)
    {
        var retries = exchange.Route.Policy.Retries;
        return RetryTriggers.NamesStatus(retries, (int)response.StatusCode)
            || (exchange.IsGrpc && response.Headers.NonValidated.TryGetValues(GrpcFields.Status, out var status) && RetryTriggers.NamesGrpc(retries, GrpcStatus.Read(status.ToString())));
    }

    private static RetryFacts Facts(Exchange exchange, in MeshError error)
    {
        var retries = exchange.Route.Policy.Retries;
        return new RetryFacts(error, MaySendTwice(exchange), exchange.CanGoElsewhere, exchange.Http.Response.HasStarted)
        {
            IsUnnamed = error.IsError && !RetryTriggers.Names(retries, error),
        };
    }

    private static bool MaySendTwice(Exchange exchange)
    {
        var method = exchange.Method;
        return Idempotence.Of(method) || exchange.Route.Policy.Retries.OptsIn(method);
    }
}
