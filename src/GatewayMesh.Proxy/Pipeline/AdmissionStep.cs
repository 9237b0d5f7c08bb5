using GatewayMesh.Proxy.Errors;

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

        if (!admission.TryEnter(exchange.Arrival.Peer, out var lease))
        {
            return Verdict.Fail(MeshErrorKind.Overloaded);
        }

        exchange.Admission = lease;
        return Verdict.Next;
    }
}
