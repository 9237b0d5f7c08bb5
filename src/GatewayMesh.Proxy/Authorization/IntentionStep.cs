using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Authorization;

/// <summary>
/// Checks that intentions allow the caller to make this request to its destination: at the callee's sidecar, at a gateway that takes over
/// for that sidecar, and on the caller's side if the callee has no proxy (<see cref="BareCallee"/>). The destination is the service of the
/// target, regardless of routing. The newest intentions apply, also on existing connections. Only a certificate grants permission; without
/// certificates (<c>identity: plaintext</c>) nothing is enforced.
/// </summary>
/// <param name="enforces">True if callers have certificates.</param>
/// <param name="denials">Counter and log of denials.</param>
internal sealed class IntentionStep(bool enforces, Denials denials) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (!enforces || !(exchange.Behavior.Authorizes || BareCallee.IsAhead(exchange)))
        {
            return Verdict.Next;
        }

        if (!exchange.Caller.Verified)
        {
            denials.Denied(exchange, default, "the caller has no certificate of the mesh");
            return Verdict.Fail(MeshErrorKind.IntentionDenied, "the caller has no verified identity");
        }

        var table = exchange.Mesh.Snapshot.Intentions;
        var decision = table.Decide(exchange.Caller.Service, exchange.Destination!, exchange.Permissions);
        if (decision.Allowed)
        {
            exchange.AllowedBy = table;
            return Verdict.Next;
        }

        denials.Denied(exchange, decision, decision.Because);
        if (exchange.Claims is null && !table.ProvidersOf(exchange.Destination!).IsEmpty)
        {
            return Verdict.Fail(MeshErrorKind.JwtMissing);
        }

        return decision.Cause == IntentionCause.Unknown
            ? Verdict.Fail(MeshErrorKind.IntentionsUnknown)
            : Verdict.Fail(MeshErrorKind.IntentionDenied, $"{exchange.Caller.Service} may not call {exchange.Destination}");
    }
}
