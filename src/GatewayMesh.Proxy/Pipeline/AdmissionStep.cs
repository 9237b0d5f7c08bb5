using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Limits;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Limits the concurrent requests of a gateway, fairly between calling hosts.</summary>
internal sealed class AdmissionStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.Behavior.Admission is not { } admission)
        {
            return Verdict.Next;
        }

        var verdict = admission.TryEnter(exchange.InboundConnection.Peer, exchange.Criticality, out var lease);
        if (verdict != LimitVerdict.Admitted)
        {
            return Verdict.Fail(verdict == LimitVerdict.Shed ? MeshErrorKind.Shed : MeshErrorKind.Overloaded);
        }

        exchange.Admission = lease;
        return Verdict.Next;
    }
}
