using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Identity;

/// <summary>Caller identity without certificates: from the listener, the hello, or the peer's mesh header. Never verified.</summary>
/// <param name="ingress">Caller name for requests from outside the mesh.</param>
internal sealed class PlaintextIdentity(string ingress) : ICallerIdentity
{
    /// <inheritdoc/>
    public Caller? CallerOf(Exchange exchange) => new(NameOf(exchange), Verified: false);

    /// <inheritdoc/>
    public string OwnNameFor(Exchange exchange) => exchange.Caller.Service;

    /// <inheritdoc/>
    public string? PeerOf(Exchange exchange, TargetKind kind, bool isGateway) => null;

    /// <inheritdoc/>
    public string? SourceFor(Exchange exchange) => exchange.Caller.Service is { Length: > 0 } source ? source : null;

    private string NameOf(Exchange exchange) =>
        exchange.InboundConnection.Carried?.Service
        ?? (exchange.Behavior.AtTheEdge ? ingress
            : exchange.Behavior.FromMeshPeer ? exchange.PeerHeaders.Source
            : exchange.InboundConnection.Listener.Service)
        ?? "";
}
