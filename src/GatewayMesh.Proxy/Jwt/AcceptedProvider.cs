namespace GatewayMesh.Proxy.Jwt;

/// <summary>A jwt-provider entry that accepts a token of the request.</summary>
/// <param name="Name">Name of the entry.</param>
/// <param name="Claims">Claims of the token.</param>
internal readonly record struct AcceptedProvider(string Name, VerifiedClaims Claims);
