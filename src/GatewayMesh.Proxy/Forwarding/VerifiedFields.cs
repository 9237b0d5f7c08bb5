using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Snapshot;
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
        return ContainsClaims(policy, exchange.Mesh.Snapshot, exchange.Destination ?? "", name)
            || (policy.ExternalAuthorization.IsOn && ContainsAnswer(policy, name));
    }

    /// <summary>True if <paramref name="name"/> is, or is read as, a field that is set from a verified token.</summary>
    /// <param name="policy">Policy of the call.</param>
    /// <param name="snapshot">Configuration, for the issuers that intentions name.</param>
    /// <param name="service">The callee.</param>
    /// <param name="name">Name of the field.</param>
    public static bool ContainsClaims(PolicyModel policy, MeshSnapshot snapshot, string service, string name) =>
        (policy.Jwt.IsOn && ContainsClaims(policy.Jwt, name)) || ContainsProvided(snapshot, service, name);

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
    private static bool ContainsProvided(MeshSnapshot snapshot, string service, string name)
    {
        foreach (var provider in snapshot.Intentions.ProvidersOf(service))
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
