using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Believes the mesh headers of mesh peers; what others send under those names is dropped (they are never copied, see the transformer). An application
/// is believed in two things: how often it has tried, since with that it can only lessen what is done for it, and how much the request matters, which nobody else
/// knows. A malformed one is 400, whoever of the mesh sends it; from outside none is looked at.
/// </summary>
internal sealed class MeshHeadersStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (exchange.Behaviour is { FromMeshPeer: false, FromApplication: false })
        {
            return Verdict.Next;
        }

        var fields = exchange.Http.Request.Headers;
        if (!(exchange.Behaviour.FromMeshPeer ? MeshHeaderValues.TryRead(fields, out var said) : MeshHeaderValues.TryReadOfApplication(fields, out said)))
        {
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "mesh header");
        }

        exchange.PeerHeaders = said;
        return Verdict.Next;
    }
}
