using GatewayMesh.Proxy.Identity;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>In whose name the request is made: for policy, telemetry and the choice of connections.</summary>
internal sealed class CallerStep(ICallerIdentity identity) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        exchange.Caller = identity.CallerOf(exchange);
        return Verdict.Next;
    }
}
