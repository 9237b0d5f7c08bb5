using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Jwt;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Verifies the request's token if the policy of the service has <c>jwt</c>: at the ingress, at the callee's side, and on the caller's side
/// if the callee has no proxy (<see cref="BareCallee"/>). A kept token is accepted at once; otherwise the request waits for the signature.
/// </summary>
/// <param name="verifier">Verifies tokens.</param>
/// <param name="metrics">Counts outcomes.</param>
internal sealed class JwtStep(TokenVerifier verifier, MeshMetrics metrics) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var jwt = exchange.Route.Policy.Jwt;
        return !jwt.IsOn || !(exchange.Behavior.AtTheEdge || exchange.Behavior.Authorizes || BareCallee.IsAhead(exchange))
            ? Verdict.Next
            : Take(exchange, jwt);
    }

    private Verdict Take(Exchange exchange, JwtModel jwt)
    {
        TokenResult result;
        if (exchange.TokenCheck is { IsCompletedSuccessfully: true } check)
        {
            result = check.Result;
        }
        else
        {
            ClaimFields.Remove(jwt, exchange.Head.Fields);
            if (!BearerToken.TryFind(exchange.Head.Fields, out var token))
            {
                return Refuse(exchange, MeshErrorKind.JwtRefused, TokenFault.Ambiguous);
            }

            if (token.IsEmpty)
            {
                return jwt.NeedsToken(exchange.Permissions) ? Refuse(exchange, MeshErrorKind.JwtMissing, null) : Verdict.Next;
            }

            if (verifier.Check(token, jwt.Issuers) is not { } known)
            {
                exchange.TokenCheck = verifier.VerifyAsync(token.ToString(), jwt.Issuers);
                return exchange.TokenCheck is { } pending
                    ? Verdict.After(pending)
                    : Verdict.Fail(MeshErrorKind.Overloaded, "too many tokens wait for their verification");
            }

            result = known;
        }

        if (result.Claims is not { } claims)
        {
            return Refuse(exchange, MeshErrorKind.JwtRefused, result.Fault);
        }

        if (jwt.Missing(exchange.Permissions, claims) is { } missing)
        {
            return Refuse(exchange, MeshErrorKind.JwtInsufficient, $"the claim {missing} is missing or has another value");
        }

        metrics.CountToken(Labels.Service(exchange.Destination), exchange.TokenCheck is null ? "kept" : "verified");
        exchange.Claims = claims;
        ClaimFields.Set(jwt, claims, exchange.Head.Fields);
        return Verdict.Next;
    }

    private Verdict Refuse(Exchange exchange, MeshErrorKind kind, string? details)
    {
        metrics.CountToken(Labels.Service(exchange.Destination), kind switch
        {
            MeshErrorKind.JwtMissing => "missing",
            MeshErrorKind.JwtRefused => "refused",
            _ => "insufficient",
        });
        return Verdict.Fail(kind, details);
    }
}
