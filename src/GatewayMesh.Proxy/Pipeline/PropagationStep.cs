using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>What the next hop is told about the way so far: trace and <c>X-Forwarded-*</c>.</summary>
internal sealed class PropagationStep(SplitMix random) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        ForwardedFor.Extend(exchange);
        TraceContext.Ensure(exchange.Http.Request.Headers, random);
        return Verdict.Next;
    }
}
