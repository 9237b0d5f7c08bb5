using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Faults;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Injects the faults of the policy, at the first proxy of a call: the caller's sidecar, the gateway that stands in for it, or the ingress.
/// A delayed request has its limits and its deadline, like one whose service is slow.
/// </summary>
/// <param name="faults">Choice and delays.</param>
internal sealed class FaultStep(FaultInjection faults) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange) =>
        !faults.IsAllowed || exchange.Route.Policy.Faults.IsEmpty || !exchange.Behavior.IsFirstProxy ? Verdict.Next : Inject(exchange);

    private Verdict Inject(Exchange exchange)
    {
        var rule = exchange.Fault;
        if (rule is null)
        {
            rule = faults.Choose(exchange, exchange.Route.Policy.Faults);
            exchange.Fault = rule;
            if (rule?.Delay is { } delay && faults.TryDelay(exchange, delay) is { } parked)
            {
                return Verdict.After(parked);
            }
        }
        else if (Interrupts(exchange) is { } end)
        {
            return end;
        }

        return rule is null ? Verdict.Next : Apply(exchange, rule);
    }

    // After the delay.
    private static Verdict? Interrupts(Exchange exchange)
    {
        exchange.WaitEnded();
        return exchange.Response.Aborted.IsCancellationRequested ? Verdict.Fail(MeshErrorKind.ClientGone)
            : exchange.Deadline.IsOver ? Verdict.Fail(MeshErrorKind.DeadlineExceeded)
            : null;
    }

    private Verdict Apply(Exchange exchange, FaultRule rule)
    {
        if (rule.Abort is { } abort)
        {
            faults.Count(exchange, abort.IsReset ? "reset" : "abort");
            return Verdict.Fail(MeshErrorKind.FaultInjected, $"fault_injected {rule.Name}");
        }

        if (rule.SlowBody is { } rate)
        {
            faults.Count(exchange, "slow_body");
            exchange.Response.Slow(rate);
        }

        return Verdict.Next;
    }
}
