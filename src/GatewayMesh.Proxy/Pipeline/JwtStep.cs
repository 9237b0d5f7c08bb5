using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Jwt;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Verifies the request's token if the policy of the service has <c>jwt</c>: at the ingress, at the callee's side, and on the caller's side
/// if the callee has no proxy (<see cref="BareCallee"/>) or a feature flag may choose instances without one. Tokens that intentions require
/// are verified too, where intentions are enforced. A kept token is accepted at once; otherwise the request waits for the signature, and
/// the step runs again:
/// <code>
/// token of the policy's issuers ─► refused or accepted ─► claims that the policy requires ─► tokens of the intentions' providers
/// </code>
/// </summary>
/// <param name="verifier">Verifies tokens.</param>
/// <param name="metrics">Counts outcomes.</param>
/// <param name="enforcesIntentions">True if intentions are enforced.</param>
internal sealed class JwtStep(TokenVerifier verifier, MeshMetrics metrics, bool enforcesIntentions) : IStep
{
    private readonly TokenGroups _groups = new();

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var jwt = exchange.Route.Policy.Jwt;
        var providers = enforcesIntentions ? exchange.Mesh.Snapshot.Intentions.ProvidersOf(exchange.Destination ?? "") : [];
        if (!jwt.IsOn && providers.IsEmpty)
        {
            return Verdict.Next;
        }

        var isAuthorized = exchange.Behavior.Authorizes || BareCallee.MayBeAhead(exchange);
        providers = isAuthorized ? providers : [];
        return !(isAuthorized || exchange.Behavior.AtTheEdge) || (!jwt.IsOn && providers.IsEmpty)
            ? Verdict.Next
            : Take(exchange, jwt, _groups.Of(jwt), _groups.Of(exchange.Mesh.Snapshot.JwtProviders, providers));
    }

    private Verdict Take(Exchange exchange, JwtModel jwt, ImmutableArray<TokenGroup> issuers, ImmutableArray<TokenGroup> providers)
    {
        if (exchange.TokenCheck is null)
        {
            ClaimFields.Remove(jwt, exchange.Head.Fields);
            RemoveForged(issuers, exchange.Head.Fields);
            RemoveForged(providers, exchange.Head.Fields);
        }

        var accepted = default(ReadOnlySpan<char>);
        VerifiedClaims? claims = null;
        if (jwt.IsOn && OfPolicy(exchange, jwt, issuers, ref claims, ref accepted) is { } ended)
        {
            return ended;
        }

        if (OfProviders(exchange, providers, issuers, accepted) is { } denied)
        {
            return denied;
        }

        exchange.Claims = claims ?? (exchange.Providers is [var first, ..] ? first.Claims : null);
        if (exchange.Claims is not null)
        {
            metrics.CountToken(Labels.Service(exchange.Destination), exchange.TokenCheck is null ? "kept" : "verified");
            Withhold(exchange, issuers);
            Withhold(exchange, providers);
        }

        return Verdict.Next;
    }

    // Null if the request may continue. All tokens are read, in any order of issuers: beside an accepted token, a forged one would reach an
    // application that trusts the mesh to verify it.
    private Verdict? OfPolicy(
        Exchange exchange,
        JwtModel jwt,
        ImmutableArray<TokenGroup> groups,
        ref VerifiedClaims? claims,
        ref ReadOnlySpan<char> accepted)
    {
        string? fault = null;
        var first = default(TokenResult);
        foreach (var group in groups)
        {
            if (!TokenFinder.TryFind(exchange.Head.Fields, exchange.Target.PathAndQuery, group.Locations.AsSpan(), out var token))
            {
                return Refuse(exchange, MeshErrorKind.JwtRefused, TokenFault.Ambiguous);
            }

            if (token.IsEmpty || token.SequenceEqual(accepted))
            {
                continue;
            }

            if (ResultOf(exchange, group, token) is not { } result)
            {
                return Verify(exchange, group, token);
            }

            if (result.Claims is null)
            {
                // Missing keys win: the token may be good.
                if (!IsAccepted(exchange, groups, token) && (fault is null || result.Fault == TokenFault.NoKeys))
                {
                    fault = result.Fault;
                }
            }
            else if (first.Claims is null)
            {
                first = result;
                accepted = token;
            }
        }

        if (fault is not null)
        {
            return Refuse(exchange, MeshErrorKind.JwtRefused, fault);
        }

        claims = first.Claims;
        if (claims is null)
        {
            return jwt.NeedsToken(exchange.Permissions) ? Refuse(exchange, MeshErrorKind.JwtMissing, null) : null;
        }

        if (jwt.Missing(exchange.Permissions, claims) is { } missing)
        {
            return Refuse(exchange, MeshErrorKind.JwtInsufficient, $"the claim {missing} is missing or has another value");
        }

        ClaimFields.Set(jwt, claims, exchange.Head.Fields);
        if (first.Issuer?.Forwarding is { } forwarding)
        {
            PayloadField.Set(forwarding, accepted, exchange.Head.Fields);
        }

        return null;
    }

    // True if issuers that read the token from a location of theirs accept it. False before its verification for them.
    private bool IsAccepted(Exchange exchange, ImmutableArray<TokenGroup> groups, ReadOnlySpan<char> token)
    {
        foreach (var group in groups)
        {
            if (TokenFinder.TryFind(exchange.Head.Fields, exchange.Target.PathAndQuery, group.Locations.AsSpan(), out var found)
                && found.SequenceEqual(token)
                && ResultOf(exchange, group, found) is { Claims: not null })
            {
                return true;
            }
        }

        return false;
    }

    // Null if the request may continue: intentions then see which providers accept its tokens.
    private Verdict? OfProviders(
        Exchange exchange, ImmutableArray<TokenGroup> groups, ImmutableArray<TokenGroup> issuers, ReadOnlySpan<char> ofPolicy)
    {
        if (groups.IsEmpty)
        {
            return null;
        }

        var accepted = ImmutableArray.CreateBuilder<AcceptedProvider>();
        foreach (var group in groups)
        {
            if (!TokenFinder.TryFind(exchange.Head.Fields, exchange.Target.PathAndQuery, group.Locations.AsSpan(), out var token))
            {
                return Refuse(exchange, MeshErrorKind.JwtRefused, TokenFault.Ambiguous);
            }

            if (token.IsEmpty)
            {
                continue;
            }

            // A token that the policy accepted is no forgery, even if no provider accepts it.
            var result = default(TokenResult);
            if (!token.SequenceEqual(ofPolicy) && !IsAccepted(exchange, issuers, token))
            {
                if (ResultOf(exchange, group, token) is not { } found)
                {
                    return Verify(exchange, group, token);
                }

                if (found.Claims is null)
                {
                    return Refuse(exchange, MeshErrorKind.JwtRefused, found.Fault);
                }

                result = found;
            }

            Accept(exchange, group, token, result, accepted);
        }

        exchange.Providers = accepted.ToImmutable();
        return null;
    }

    private void Accept(
        Exchange exchange,
        TokenGroup group,
        ReadOnlySpan<char> token,
        in TokenResult result,
        ImmutableArray<AcceptedProvider>.Builder accepted)
    {
        for (var i = 0; i < group.Names.Length; i++)
        {
            var each = ReferenceEquals(result.Issuer, group.Issuers[i]) ? result : verifier.Check(token, group.Single[i]) ?? default;
            if (each.Claims is not { } claims)
            {
                continue;
            }

            accepted.Add(new AcceptedProvider(group.Names[i], claims));
            if (group.Issuers[i].Forwarding is { } forwarding)
            {
                PayloadField.Set(forwarding, token, exchange.Head.Fields);
            }
        }
    }

    // Null if a signature must be verified.
    private TokenResult? ResultOf(Exchange exchange, TokenGroup group, ReadOnlySpan<char> token) =>
        exchange.TokenCheck?.Find(group) ?? verifier.Check(token, group.Issuers);

    private Verdict Verify(Exchange exchange, TokenGroup group, ReadOnlySpan<char> token)
    {
        if (verifier.VerifyAsync(token.ToString(), group.Issuers) is not { } pending)
        {
            return Verdict.Fail(MeshErrorKind.Overloaded, "too many tokens wait for their verification");
        }

        exchange.TokenCheck = new TokenCheck(group, pending, exchange.TokenCheck);
        return Verdict.After(pending);
    }

    private Verdict Refuse(Exchange exchange, MeshErrorKind kind, string? details)
    {
        // After 401, clients throw the token away, although it may be good.
        kind = details == TokenFault.NoKeys ? MeshErrorKind.JwtKeysUnavailable : kind;
        metrics.CountToken(Labels.Service(exchange.Destination), kind switch
        {
            MeshErrorKind.JwtMissing => "missing",
            MeshErrorKind.JwtRefused => "refused",
            MeshErrorKind.JwtKeysUnavailable => "unavailable",
            _ => "insufficient",
        });
        return Verdict.Fail(kind, details);
    }

    private static void RemoveForged(ImmutableArray<TokenGroup> groups, FieldTable fields)
    {
        foreach (var group in groups)
        {
            PayloadField.Remove(group, fields);
        }
    }

    // Each hop decides: a flag, a retry, or the bypass may still choose an instance without a sidecar, and a proxy of the mesh verifies the
    // token again.
    private static void Withhold(Exchange exchange, ImmutableArray<TokenGroup> groups)
    {
        foreach (var group in groups)
        {
            if (!group.Withholds)
            {
                continue;
            }

            foreach (var location in group.Locations)
            {
                if (TokenGroup.IsWithheld(location) && TokenFinder.IsIn(exchange.Head.Fields, location))
                {
                    exchange.WithheldFields = exchange.WithheldFields.Add(location.Name);
                }
            }
        }
    }
}
