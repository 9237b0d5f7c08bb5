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
    public Caller? CallerOf(IIdentifiedRequest request)
    {
        if (request.Behavior.AtTheEdge)
        {
            return new(ingress, Verified: true);
        }

        if (!request.InboundConnection.Listener.IsForPeers)
        {
            return new(request.InboundConnection.Listener.Service ?? "", Verified: true);
        }

        if (request.InboundConnection.Identity is not { } peer || !peer.IsTrusted(certificates.Trust, time.GetUtcNow()))
        {
            return null;
        }

        if (request.Behavior.Direction != Telemetry.RequestDirection.Inbound
            || request.PeerHeaders.Source is not { } claimed
            || !IsGateway(peer.Id, request))
        {
            return new(peer.Id.Service, Verified: true) { Id = peer.Id };
        }

        return SpiffeId.TryParse(claimed, out var source) && source.TrustDomain == peer.Id.TrustDomain
            ? new(source.Service, Verified: true) { Id = source, Gateway = peer.Id }
            : null;
    }

    /// <inheritdoc/>
    public string OwnNameFor(IIdentifiedRequest request) =>
        request.Behavior.AtTheEdge ? ingress : request.InboundConnection.Listener.Service ?? "";

    /// <inheritdoc/>
    public string? PeerOf(IIdentifiedRequest request, TargetKind kind, bool isGateway) =>
        kind != TargetKind.MeshPeer ? null : isGateway ? gateway : request.Route.Instances.Service;

    /// <inheritdoc/>
    public string? SourceFor(IIdentifiedRequest request) =>
        request.Behavior.Direction == Telemetry.RequestDirection.Gateway ? request.InboundConnection.Identity?.Uri : null;

    private bool IsGateway(SpiffeId peer, IIdentifiedRequest request) =>
        peer.Service.Equals(gateway, StringComparison.Ordinal)
        && certificates.Leaf(request.InboundConnection.Listener.Service ?? "") is { } own
        && own.Id.Datacenter.Equals(peer.Datacenter, StringComparison.Ordinal)
        && own.Id.TrustDomain == peer.TrustDomain;
}
