using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Forwarding;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Removes the client's own fields that only an authorization service may set, before a permission or a rate limit reads them. The service
/// is asked at the ingress, at the callee's side, and on the caller's side if the callee has no proxy (<see cref="BareCallee"/>), but not
/// again for a request that the ingress sends, as proven by its certificate, and never about requests for the service itself. Runs once
/// the route is final, because a flag may choose instances without a proxy.
/// </summary>
internal sealed class AuthorizationFieldsStep : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var model = exchange.Route.Policy.ExternalAuthorization;
        if (!model.IsOn
            || model.Service.Equals(exchange.Destination, StringComparison.OrdinalIgnoreCase) // questions, and its other requests
            || !(exchange.Behavior.AtTheEdge || exchange.Behavior.Authorizes || BareCallee.IsAhead(exchange))
            || (!exchange.Behavior.AtTheEdge && exchange.SpeaksOfClients && exchange.Caller.Verified))
        {
            return Verdict.Next;
        }

        exchange.AsksAuthorization = true;
        if (!model.ResponseHeaders.IsEmpty)
        {
            Remove(exchange);
        }

        return Verdict.Next;
    }

    private static void Remove(Exchange exchange) =>
        exchange.Head.Fields.RemoveWhere(field => VerifiedFields.ContainsAnswer(exchange.Route.Policy, field.Name));
}
