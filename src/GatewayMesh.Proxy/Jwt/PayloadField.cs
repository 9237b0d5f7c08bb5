using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>The claims of an accepted token as one header field for the application (<c>forwarding</c>): the token's second part.</summary>
internal static class PayloadField
{
    /// <summary>Removes the client's own fields of these names, also with <c>_</c> for <c>-</c>.</summary>
    public static void Remove(TokenGroup group, FieldTable fields)
    {
        if (!group.Forwards)
        {
            return;
        }

        foreach (var issuer in group.Issuers)
        {
            if (issuer.Forwarding is { HeaderName: var name })
            {
                fields.RemoveWhere(
                    field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || FieldLines.AreTwins(name, field.Name));
            }
        }
    }

    /// <summary>Writes the claims of an accepted token.</summary>
    public static void Set(TokenForwarding forwarding, ReadOnlySpan<char> token, FieldTable fields)
    {
        var begin = token.IndexOf('.') + 1;
        var payload = token[begin..token.LastIndexOf('.')];
        var padding = (4 - (payload.Length % 4)) % 4;
        fields.Set(forwarding.HeaderName, forwarding.Pad && padding > 0 ? string.Concat(payload, "==".AsSpan(0, padding)) : payload.ToString());
    }
}
