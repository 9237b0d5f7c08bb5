using GatewayMesh.Configuration.Policies.Jwt;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Result of a verification: the claims, or the reason to refuse the token.</summary>
/// <param name="Claims">Claims of an accepted token; otherwise null.</param>
/// <param name="Fault">One of <see cref="TokenFault"/>; null if the token is accepted.</param>
/// <param name="Issuer">Issuer that accepts the token; otherwise null.</param>
internal readonly record struct TokenResult(VerifiedClaims? Claims, string? Fault, JwtIssuerModel? Issuer = null)
{
    /// <summary>Refuses a token.</summary>
    public static TokenResult Refuse(string fault) => new(null, fault);
}
