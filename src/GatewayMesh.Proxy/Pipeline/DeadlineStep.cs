using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>How long and how often: what the policy gives, less what the caller has used up.</summary>
internal sealed class DeadlineStep(TimeProvider time, RetryBudget budget) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        budget.CountRequest();
        var policy = exchange.Route.Policy;
        exchange.Attempts = new Attempts(exchange.Said.Attempt, policy.MaxAttempts);
        exchange.Deadline = Deadline.Start(time, policy.RequestTimeout, exchange.Said.Timeout);
        return exchange.Deadline.IsOver ? Verdict.Fail(MeshErrorKind.DeadlineExceeded) : Verdict.Next;
    }
}
