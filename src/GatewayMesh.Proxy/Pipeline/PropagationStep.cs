using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Adds the trace and <c>X-Forwarded-*</c> for the next hop.</summary>
internal sealed class PropagationStep(SplitMix random) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        ForwardedFor.Extend(exchange);
        TraceContext.Ensure(exchange.Head.Fields, random);
        return Verdict.Next;
    }
}
