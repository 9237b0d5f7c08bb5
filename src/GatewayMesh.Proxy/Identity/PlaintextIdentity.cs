using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Identity;

/// <summary>Without certificates: what the listener, the hello or the peer's mesh header says. Never verified.</summary>
/// <param name="ingress">The name in which requests from outside the mesh go on.</param>
internal sealed class PlaintextIdentity(string ingress) : ICallerIdentity
{
    /// <inheritdoc/>
    public Caller CallerOf(Exchange exchange) => new(NameOf(exchange), Verified: false);

    private string NameOf(Exchange exchange) =>
        exchange.Arrival.Carried?.Service
        ?? (exchange.Behaviour.AtTheEdge ? ingress
            : exchange.Behaviour.FromMeshPeer ? exchange.Said.Source
            : exchange.Arrival.Listener.Service)
        ?? "";
}
