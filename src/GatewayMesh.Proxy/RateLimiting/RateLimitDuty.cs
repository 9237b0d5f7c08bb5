using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// Decides which proxy of a call counts it under the rate limits of the called service: the callee's sidecar, or a gateway or an ingress on
/// the way. So each request counts once:
/// <code>
/// sidecar of the caller ──────────────────────────► sidecar of the callee: counts
/// sidecar of the caller, or guard ──► gateway: counts ──► sidecar of the callee, or the application
/// client outside ──► ingress: counts ──► (gateway) ──► sidecar of the callee
/// </code>
/// </summary>
/// <param name="ingress">Service whose certificate identifies a peer as the ingress.</param>
internal sealed class RateLimitDuty(string ingress)
{
    private const string GatewayPseudonym = "-gateway";

    /// <summary>True if this proxy counts the request.</summary>
    public bool IsOn(Exchange exchange) => exchange.Behavior.LimitsRates && !IsCounted(exchange);

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
