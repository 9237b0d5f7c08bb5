namespace GatewayMesh.Proxy.Jwt;

/// <summary>A token whose signature was verified. Issuer, audience, and time are compared for each request.</summary>
/// <param name="Claims">Claims of the token.</param>
/// <param name="Key">Key that signed the token.</param>
/// <param name="Length">Characters of the token.</param>
internal sealed record VerifiedToken(VerifiedClaims Claims, Jwk Key, int Length);
