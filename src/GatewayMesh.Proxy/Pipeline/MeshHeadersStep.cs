using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Believes the mesh headers of mesh peers; what others send under those names is dropped (they are never copied, see the transformer). An application
/// is believed in two things: how often it has tried, since with that it can only lessen what is done for it, and how much the request matters, which nobody else knows.
/// </summary>
internal sealed class MeshHeadersStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (!exchange.Behaviour.FromMeshPeer)
        {
            if (exchange.Behaviour.FromApplication)
            {
                exchange.Said = MeshHeaderValues.None with
                {
                    Attempt = MeshHeaderValues.ReadAttempt(exchange.Http.Request.Headers),
                    Criticality = MeshHeaderValues.ReadCriticality(exchange.Http.Request.Headers),
                };
            }

            return Verdict.Next;
        }

        if (!MeshHeaderValues.TryRead(exchange.Http.Request.Headers, out var said))
        {
            return Verdict.Fail(MeshErrorKind.RequestMalformed, "mesh header");
        }

        exchange.Said = said;
        return Verdict.Next;
    }
}
