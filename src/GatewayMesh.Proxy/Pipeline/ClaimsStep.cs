using GatewayMesh.Proxy.Forwarding;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Decides, before any other step reads the fields of a request, whether its sender may name clients outside the mesh. Only the ingress
/// may, as proven by its certificate. For other peers and applications, those fields are hidden from rules and never forwarded
/// (<see cref="OutsideFields"/>).
/// </summary>
/// <param name="ingress">Service whose certificate identifies a peer as the ingress.</param>
internal sealed class ClaimsStep(string ingress) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.Behavior.AtTheEdge)
        {
            OutsideFields.Remove(exchange.Head.Fields, exchange.InboundConnection.IsTrustedProxy);
            exchange.SpeaksOfClients = true; // the remaining fields, and the fields set here
        }
        else
        {
            exchange.SpeaksOfClients = exchange.Behavior.FromMeshPeer && exchange.Caller.Service.Equals(ingress, StringComparison.Ordinal);
        }

        return Verdict.Next;
    }
}
