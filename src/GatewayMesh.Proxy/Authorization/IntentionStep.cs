using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// Whether the caller may make this request of its destination: at the callee's own door, at a gateway that stands in for it, and on the caller's side where no proxy
/// stands at the other end (<see cref="BareCallee"/>). The destination is the service of the target, wherever routes led to. By the newest intentions, also on a connection that is old. Only a certificate is permission; without one (<c>identity: plaintext</c>) nothing is enforced.
/// </summary>
/// <param name="enforces">Whether callers have certificates.</param>
/// <param name="denials">Counts and logs.</param>
internal sealed class IntentionStep(bool enforces, Denials denials) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (!enforces || !(exchange.Behaviour.Authorizes || BareCallee.IsAhead(exchange)))
        {
            return Verdict.Next;
        }

        if (!exchange.Caller.Verified)
        {
            denials.Denied(exchange, default, "it has shown no certificate of the mesh");
            return Verdict.Fail(MeshErrorKind.IntentionDenied, "the caller has shown no identity");
        }

        var table = exchange.Mesh.Snapshot.Intentions;
        var decision = table.Decide(exchange.Caller.Service, exchange.Destination!, exchange.Facts);
        if (decision.Allowed)
        {
            exchange.AllowedBy = table;
            return Verdict.Next;
        }

        denials.Denied(exchange, decision, decision.Because);
        return decision.Cause == IntentionCause.Unknown
            ? Verdict.Fail(MeshErrorKind.IntentionsUnknown)
            : Verdict.Fail(MeshErrorKind.IntentionDenied, $"{exchange.Caller.Service} may not call {exchange.Destination}");
    }
}
