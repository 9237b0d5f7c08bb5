using GatewayMesh.Proxy.Mirroring;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Copies a share of the requests to another service, at the first proxy of a call.</summary>
internal sealed class MirrorStep(Mirrors mirrors) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var model = exchange.Route.Policy.Mirror;
        if (model.Service is not null && exchange.Behavior.IsFirstProxy)
        {
            mirrors.Copy(exchange, model);
        }

        return Verdict.Next;
    }
}
