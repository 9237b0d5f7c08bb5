using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Identity;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>Identifies the caller, for policy, telemetry, and the choice of connections.</summary>
internal sealed class CallerStep(ICallerIdentity identity) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (identity.CallerOf(exchange) is not { } caller)
        {
            exchange.Close = true; // the next connection has a new handshake
            return Verdict.Fail(MeshErrorKind.CallerNotBelieved);
        }

        exchange.Caller = caller;
        return Verdict.Next;
    }
}
