using Microsoft.IdentityModel.Tokens;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>A public key of an issuer (RFC 7517 §4).</summary>
/// <param name="Id">Key ID; null if the key has none.</param>
/// <param name="Algorithm">The only algorithm that the key is used for.</param>
/// <param name="Key">Key of the token library.</param>
/// <param name="Identity">Type and parameters as text: equal for equal keys.</param>
internal sealed record Jwk(string? Id, string Algorithm, SecurityKey Key, string Identity);
