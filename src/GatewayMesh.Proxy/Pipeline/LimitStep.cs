using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Limits;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Enforces the limits of the service: its callers' proxies each enforce <c>limits</c>, its own sidecar the limit found by adaptive
/// concurrency. Less critical requests are refused first.
/// </summary>
internal sealed class LimitStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var behavior = exchange.Behavior;
        if (!(behavior.LimitsCalls || behavior.LimitsWork) || exchange.Mesh.Limits.Find(exchange.Destination) is not { } service)
        {
            return Verdict.Next;
        }

        return behavior.LimitsWork ? Work(exchange, service) : Call(exchange, service);
    }

    private static Verdict Call(Exchange exchange, ServiceLimits service)
    {
        var verdict = service.TryEnterCall(exchange.Criticality);
        if (verdict != LimitVerdict.Admitted)
        {
            return Refuse(exchange, service, LimitKind.Requests, verdict, MeshErrorKind.LimitReached);
        }

        exchange.Limit = LimitLease.Call(service);
        return Verdict.Next;
    }

    private static Verdict Work(Exchange exchange, ServiceLimits service)
    {
        if (service.Work() is not { } limit)
        {
            return Verdict.Next;
        }

        var verdict = limit.TryEnter(exchange.Criticality);
        if (verdict != LimitVerdict.Admitted)
        {
            return Refuse(exchange, service, LimitKind.Concurrency, verdict, MeshErrorKind.ConcurrencyLimited);
        }

        exchange.Limit = LimitLease.Work(limit);
        return Verdict.Next;
    }

    private static Verdict Refuse(Exchange exchange, ServiceLimits service, LimitKind limit, LimitVerdict verdict, MeshErrorKind full)
    {
        service.Refusals.Count(service.Service, limit, exchange.Criticality);
        return Verdict.Fail(verdict == LimitVerdict.Shed ? MeshErrorKind.Shed : full);
    }
}
