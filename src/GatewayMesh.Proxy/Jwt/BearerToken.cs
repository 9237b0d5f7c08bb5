using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Finds the token of a request: <c>Authorization: Bearer TOKEN</c> (RFC 6750 §2.1).</summary>
internal static class BearerToken
{
    private const string Scheme = "Bearer ";

    /// <summary>Returns the token; empty if there is none, or another scheme. False if several could be meant.</summary>
    public static bool TryFind(FieldTable fields, out ReadOnlySpan<char> token)
    {
        token = default;
        var values = fields[KnownField.Authorization];
        if (values.Count == 0)
        {
            return true;
        }

        if (values.Count > 1)
        {
            return false;
        }

        var value = values[0].AsSpan();
        if (value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            token = value[Scheme.Length..].Trim(' ');
        }

        return true;
    }
}
