using GatewayMesh.Proxy.RateLimiting;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Enforces <c>rateLimits</c> of the called service: at its own sidecar, and at a gateway or an ingress, which take over that decision for
/// the requests that pass through them (<see cref="RateLimitDuty"/>).
/// </summary>
/// <param name="duty">Decides which proxy counts a request.</param>
internal sealed class RateLimitStep(RateLimitDuty duty) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.Route.Policy.RateLimits.IsEmpty
            || exchange.Destination is not { } service
            || !duty.IsOn(exchange))
        {
            return Verdict.Next;
        }

        var limits = exchange.Mesh.RateLimits.Of(service, exchange.Route.Policy.RateLimits);
        Task? until = null;
        var error = exchange.RateWait is { } waited ? limits.Finish(exchange, waited) : limits.Take(exchange, out until);
        return until is not null ? Verdict.After(until) : error.IsError ? new Verdict(error, null) : Verdict.Next;
    }
}
