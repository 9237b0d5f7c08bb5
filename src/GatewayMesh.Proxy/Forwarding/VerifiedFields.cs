using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Pipeline;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Fields that only the mesh sets, from a verified token (<c>jwt.forward</c>, <c>forwarding</c> of its issuer in the policy or in a
/// <c>jwt-provider</c>) or the answer of an authorization service (<c>externalAuthorization.responseHeaders</c>).
/// </summary>
internal static class VerifiedFields
{
    /// <summary>
    /// True if <paramref name="name"/> is such a field of the request, or is read as one by applications that do not tell <c>_</c> from
    /// <c>-</c>.
    /// </summary>
    public static bool Contains(Exchange exchange, string name)
    {
        var policy = exchange.Route.Policy;
        return (policy.Jwt.IsOn && ContainsClaims(policy.Jwt, name))
            || (policy.ExternalAuthorization.IsOn && ContainsAnswer(policy, name))
            || ContainsProvided(exchange, name);
    }

    /// <summary>True if <paramref name="name"/> is, or is read as, a field of the authorization service's answer.</summary>
    public static bool ContainsAnswer(PolicyModel policy, string name)
    {
        foreach (var field in policy.ExternalAuthorization.ResponseHeaders)
        {
            if (FieldLines.AreAlike(field, name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool ContainsClaims(JwtModel jwt, string name)
    {
        foreach (var field in jwt.Forward.Keys)
        {
            if (FieldLines.AreAlike(field, name))
            {
                return true;
            }
        }

        foreach (var issuer in jwt.Issuers)
        {
            if (IsForwarding(issuer, name))
            {
                return true;
            }
        }

        return false;
    }

    // Issuers that intentions name.
    private static bool ContainsProvided(Exchange exchange, string name)
    {
        var snapshot = exchange.Mesh.Snapshot;
        foreach (var provider in snapshot.Intentions.ProvidersOf(exchange.Destination ?? ""))
        {
            if (snapshot.JwtProviders.TryGetValue(provider, out var issuer) && IsForwarding(issuer, name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsForwarding(JwtIssuerModel issuer, string name) =>
        issuer.Forwarding is { HeaderName: var field } && FieldLines.AreAlike(field, name);
}
