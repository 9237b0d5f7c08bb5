using GatewayMesh.Proxy.Forwarding;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Decides, before anything looks at the fields of a request, whether its sender may speak of clients outside the mesh: the ingress may, by its certificate.
/// Other peers, and applications, may not, so those fields are hidden from rules and never sent on (<see cref="OutsideFields"/>).
/// </summary>
/// <param name="ingress">The service whose certificate makes a peer the ingress.</param>
internal sealed class ClaimsStep(string ingress) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.Behaviour.AtTheEdge)
        {
            OutsideFields.Remove(exchange.Http.Request.Headers, exchange.InboundConnection.IsTrustedProxy);
            exchange.SpeaksOfClients = true; // what is left, and what is set here
        }
        else
        {
            exchange.SpeaksOfClients = exchange.Behaviour.FromMeshPeer && exchange.Caller.Service.Equals(ingress, StringComparison.Ordinal);
        }

        return Verdict.Next;
    }
}
