using System.Collections.Frozen;
using System.Collections.Immutable;
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
/// <param name="enforcesIntentions">True if intentions, which may require tokens too, are enforced.</param>
internal sealed class JwtStep(TokenVerifier verifier, MeshMetrics metrics, bool enforcesIntentions) : IStep
{
    private static readonly JwtModel Optional = new() { Required = false };

    private volatile Resolved? _last;

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var jwt = exchange.Route.Policy.Jwt;
        var providers = enforcesIntentions ? exchange.Mesh.Snapshot.Intentions.ProvidersOf(exchange.Destination ?? "") : [];
        if (!jwt.IsOn && providers.IsEmpty)
        {
            return Verdict.Next;
        }

        var isAuthorized = exchange.Behavior.Authorizes || BareCallee.IsAhead(exchange);
        providers = isAuthorized ? providers : [];
        return !(isAuthorized || exchange.Behavior.AtTheEdge) || (!jwt.IsOn && providers.IsEmpty) ? Verdict.Next
            : providers.IsEmpty ? Take(exchange, jwt, jwt.Issuers)
            : TakeWithProviders(exchange, jwt.IsOn ? jwt : Optional, providers);
    }

    // The token of the policy, or one of a provider: intentions then see which of them accept it.
    private Verdict TakeWithProviders(Exchange exchange, JwtModel jwt, ImmutableArray<string> names)
    {
        var known = exchange.Mesh.Snapshot.JwtProviders;
        var issuers = jwt.IsOn ? jwt.Issuers : Issuers(known, names);
        var verdict = Take(exchange, jwt, issuers);
        if (verdict.Continues && verdict.Until is null && exchange.Claims is not null
            && BearerToken.TryFind(exchange.Head.Fields, out var token))
        {
            var accepting = ImmutableArray.CreateBuilder<string>();
            foreach (var name in names)
            {
                if (known.TryGetValue(name, out var issuer) && verifier.Check(token, [issuer]) is { Claims: not null })
                {
                    accepting.Add(name);
                }
            }

            exchange.Providers = accepting.ToImmutable();
        }

        return verdict;
    }

    // One object for equal lists, so that equal tokens share a verification.
    private ImmutableArray<JwtIssuerModel> Issuers(FrozenDictionary<string, JwtIssuerModel> known, ImmutableArray<string> names)
    {
        var last = _last;
        if (last is null || last.Known != known || last.Names != names)
        {
            _last = last = new Resolved(known, names, [.. names.Where(known.ContainsKey).Select(name => known[name])]);
        }

        return last.Issuers;
    }

    private Verdict Take(Exchange exchange, JwtModel jwt, ImmutableArray<JwtIssuerModel> issuers)
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

            if (verifier.Check(token, issuers) is not { } known)
            {
                exchange.TokenCheck = verifier.VerifyAsync(token.ToString(), issuers);
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

    private sealed record Resolved(
        FrozenDictionary<string, JwtIssuerModel> Known, ImmutableArray<string> Names, ImmutableArray<JwtIssuerModel> Issuers);
}
