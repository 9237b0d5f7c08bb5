using System.Collections.Immutable;

namespace GatewayMesh.Configuration.Policies.Jwt;

/// <summary>
/// Signature algorithms of tokens (RFC 7518 §3.1, RFC 8037 §3.1). All are asymmetric: a public key can never be taken for a shared secret.
/// </summary>
public static class JwtAlgorithms
{
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256.</summary>
    public const string Rs256 = "RS256";

    /// <summary>ECDSA with P-256 and SHA-256.</summary>
    public const string Es256 = "ES256";

    /// <summary>EdDSA with Ed25519.</summary>
    public const string EdDsa = "EdDSA";

    /// <summary>All algorithms.</summary>
    public static ImmutableArray<string> All { get; } = [Rs256, Es256, EdDsa];
}
