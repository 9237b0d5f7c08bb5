using GatewayMesh.Certificates;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Identity;

/// <summary>
/// Caller identity with certificates:
/// <code>
/// an application of this host      the service of its listener (any process that reaches the listener has this identity)
/// a peer                           the ID in its certificate
/// a gateway, at a sidecar          the caller in gatewaymesh-source, known to the gateway from the caller's certificate
/// from outside                     the ingress itself
/// </code>
/// A source named by any other peer is ignored.
/// </summary>
internal sealed class MutualIdentity(ICertificates certificates, string ingress, string gateway, TimeProvider time) : ICallerIdentity
{
    /// <inheritdoc/>
    public Caller? CallerOf(Exchange exchange)
    {
        if (exchange.Behavior.AtTheEdge)
        {
            return new(ingress, Verified: true);
        }

        if (!exchange.InboundConnection.Listener.IsForPeers)
        {
            return new(exchange.InboundConnection.Listener.Service ?? "", Verified: true);
        }

        if (exchange.InboundConnection.Identity is not { } peer || !peer.IsBelieved(certificates.Trust, time.GetUtcNow()))
        {
            return null;
        }

        if (exchange.Behavior.Direction != Telemetry.RequestDirection.Inbound
            || exchange.PeerHeaders.Source is not { } claimed
            || !IsGateway(peer.Id, exchange))
        {
            return new(peer.Id.Service, Verified: true) { Id = peer.Id };
        }

        return SpiffeId.TryParse(claimed, out var source) && source.TrustDomain == peer.Id.TrustDomain
            ? new(source.Service, Verified: true) { Id = source, Gateway = peer.Id }
            : null;
    }

    /// <inheritdoc/>
    public string OwnNameFor(Exchange exchange) =>
        exchange.Behavior.AtTheEdge ? ingress : exchange.InboundConnection.Listener.Service ?? "";

    /// <inheritdoc/>
    public string? PeerOf(Exchange exchange, TargetKind kind, bool isGateway) =>
        kind != TargetKind.MeshPeer ? null : isGateway ? gateway : exchange.Route.Instances.Service;

    /// <inheritdoc/>
    public string? SourceFor(Exchange exchange) =>
        exchange.Behavior.Direction == Telemetry.RequestDirection.Gateway ? exchange.InboundConnection.Identity?.Uri : null;

    private bool IsGateway(SpiffeId peer, Exchange exchange) =>
        peer.Service.Equals(gateway, StringComparison.Ordinal)
        && certificates.Leaf(exchange.InboundConnection.Listener.Service ?? "") is { } own
        && own.Id.Datacenter.Equals(peer.Datacenter, StringComparison.Ordinal)
        && own.Id.TrustDomain == peer.TrustDomain;
}
