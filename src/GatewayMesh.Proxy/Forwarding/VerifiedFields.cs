using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>
/// Fields that only the mesh sets, from a verified token (<c>jwt.forward</c>, <c>forwarding</c> of its issuer) or the answer of an
/// authorization service (<c>externalAuthorization.responseHeaders</c>).
/// </summary>
internal static class VerifiedFields
{
    /// <summary>
    /// True if <paramref name="name"/> is such a field, or is read as one by applications that do not tell <c>_</c> from <c>-</c>.
    /// </summary>
    public static bool Contains(PolicyModel policy, string name)
    {
        if (policy.Jwt.IsOn)
        {
            foreach (var field in policy.Jwt.Forward.Keys)
            {
                if (FieldLines.AreAlike(field, name))
                {
                    return true;
                }
            }

            foreach (var issuer in policy.Jwt.Issuers)
            {
                if (issuer.Forwarding is { HeaderName: var field } && FieldLines.AreAlike(field, name))
                {
                    return true;
                }
            }
        }

        return policy.ExternalAuthorization.IsOn && ContainsAnswer(policy, name);
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
}
