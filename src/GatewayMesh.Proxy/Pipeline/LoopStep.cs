using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Ends loops: within the mesh by the hop count; through applications, which do not receive that count, by our own name in <c>Via</c> (at
/// the edge the pseudonym).
/// </summary>
internal sealed class LoopStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var via = exchange.Head.Fields[KnownField.Via];
        return exchange.PeerHeaders.Hops >= MeshHeaders.MaxHops
            || (via.Count > 0 && ViaField.Count(via, exchange.Behavior.Pseudonym) >= MeshHeaders.MaxHops)
            ? Verdict.Fail(MeshErrorKind.LoopDetected)
            : Verdict.Next;
    }
}
