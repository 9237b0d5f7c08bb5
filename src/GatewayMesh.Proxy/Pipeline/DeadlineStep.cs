using GatewayMesh.Proxy.Attempts;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Sets the deadline and the number of attempts: the policy's values minus the caller's use.</summary>
internal sealed class DeadlineStep(TimeProvider time, RetryBudgets budgets) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var policy = exchange.Route.Policy;
        budgets.Process.CountRequest();
        exchange.Budget = budgets.Of(exchange.Route.Instances.Service, policy.Retries.Budget);
        exchange.Budget.CountRequest();
        exchange.Attempts = new AttemptCount(exchange.PeerHeaders.Attempt, policy.Retries.MaxAttempts);
        exchange.RequestTimeout = policy.Timeouts.Request;
        exchange.Deadline = Deadline.Start(time, policy.Timeouts.Request, Min(exchange.PeerHeaders.Timeout, exchange.CallDeadline));
        return exchange.Deadline.IsOver ? Verdict.Fail(MeshErrorKind.DeadlineExceeded) : Verdict.Next;
    }

    private static TimeSpan? Min(TimeSpan? peer, in Deadline call) =>
        !call.IsSet || peer < call.Remaining ? peer : call.Remaining;
}
