using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Tracing;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Adds the trace and <c>X-Forwarded-*</c> for the next hop.</summary>
internal sealed class PropagationStep(SplitMix random, RequestTracer tracer) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        ForwardedFor.Extend(exchange);
        exchange.Trace = tracer.Begin(exchange);
        if (exchange.Trace is null)
        {
            TraceContext.Ensure(exchange.Head.Fields, random);
        }

        return Verdict.Next;
    }
}
