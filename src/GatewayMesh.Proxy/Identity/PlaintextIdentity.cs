using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Identity;

/// <summary>Without certificates: what the listener, the hello or the peer's mesh header says. Never verified.</summary>
internal sealed class PlaintextIdentity : ICallerIdentity
{
    /// <inheritdoc/>
    public Caller CallerOf(Exchange exchange) => new(NameOf(exchange), Verified: false);

    private static string NameOf(Exchange exchange) =>
        exchange.Arrival.Carried?.Service
        ?? (exchange.Behaviour.FromMeshPeer ? exchange.Said.Source : exchange.Arrival.Listener.Service)
        ?? "";
}
