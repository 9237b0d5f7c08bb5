using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Trusts the mesh headers of mesh peers; fields of these names from other clients are dropped (the transformer never copies them). An
/// application is trusted in three fields: its attempt number and the mark of a copy, which can only reduce what is done for it, and
/// the criticality, which only the application knows. A malformed mesh header from a peer or an application is 400; from outside the
/// mesh, none is read.
/// </summary>
internal sealed class MeshHeadersStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.Behavior is { FromMeshPeer: false, FromApplication: false })
        {
            return Verdict.Next;
        }

        var fields = exchange.Head.Fields;
        if (
            !(
                exchange.Behavior.FromMeshPeer
                    ? MeshHeaderValues.TryRead(fields, out var values)
                    : MeshHeaderValues.TryReadOfApplication(fields, out values)))
        {
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "mesh header");
        }

        exchange.SetPeerHeaders(values);
        return Verdict.Next;
    }
}
