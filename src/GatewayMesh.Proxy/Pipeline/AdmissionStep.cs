using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Limits;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>A gateway protects itself from its own success: bounded, and fair between calling hosts.</summary>
internal sealed class AdmissionStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.Behaviour.Admission is not { } admission)
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
