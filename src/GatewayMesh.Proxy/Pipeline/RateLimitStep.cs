using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Enforces <c>rateLimits</c> of the called service: at its own sidecar, and at a gateway or an ingress, which take over that decision for
/// the requests that pass through them. So each request counts once:
/// <code>
/// sidecar of the caller ──────────────────────────► sidecar of the callee: counts
/// sidecar of the caller, or guard ──► gateway: counts ──► sidecar of the callee, or the application
/// client outside ──► ingress: counts ──► (gateway) ──► sidecar of the callee
/// </code>
/// </summary>
/// <param name="ingress">Service whose certificate identifies a peer as the ingress.</param>
internal sealed class RateLimitStep(string ingress) : IStep
{
    private const string GatewayPseudonym = "-gateway";

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.Route.Policy.RateLimits.IsEmpty
            || !exchange.Behavior.LimitsRates
            || exchange.Destination is not { } service
            || IsCounted(exchange))
        {
            return Verdict.Next;
        }

        var limits = exchange.Mesh.RateLimits.Of(service, exchange.Route.Policy.RateLimits);
        Task? until = null;
        var error = exchange.RateWait is { } waited ? limits.Finish(exchange, waited) : limits.Take(exchange, out until);
        return until is not null ? Verdict.After(until) : error.IsError ? new Verdict(error, null) : Verdict.Next;
    }

    // A gateway is known by its certificate. Without certificates nothing is proven, and its name in Via is as good as that of a source.
    private bool IsCounted(Exchange exchange) =>
        exchange.Behavior.FromMeshPeer
        && (exchange.Caller.Gateway is not null
            || exchange.Caller.Service.Equals(ingress, StringComparison.Ordinal)
            || (!exchange.Caller.Verified
                && exchange.Behavior.LimitsWork
                && exchange.Head.Fields["Via"] is [.., { } via]
                && via.EndsWith(GatewayPseudonym, StringComparison.Ordinal)));
}
