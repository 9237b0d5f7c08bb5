using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>How long and how often: what the policy gives, less what the caller has used up.</summary>
internal sealed class DeadlineStep(TimeProvider time, RetryBudgets budgets) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var policy = exchange.Route.Policy;
        budgets.Process.CountRequest();
        exchange.Budget = budgets.Of(exchange.Route.Instances.Service, policy.Retries.Budget);
        exchange.Budget.CountRequest();
        exchange.Attempts = new Attempts(exchange.PeerHeaders.Attempt, policy.Retries.MaxAttempts);
        exchange.Deadline = Deadline.Start(time, policy.Timeouts.Request, Least(exchange.PeerHeaders.Timeout, exchange.CallDeadline));
        return exchange.Deadline.IsOver ? Verdict.Fail(MeshErrorKind.DeadlineExceeded) : Verdict.Next;
    }

    private static TimeSpan? Least(TimeSpan? said, in Deadline call) =>
        !call.IsSet || said < call.Remaining ? said : call.Remaining;
}
