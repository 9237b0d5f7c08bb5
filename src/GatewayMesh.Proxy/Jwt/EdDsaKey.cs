using Microsoft.IdentityModel.Tokens;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>A public key for Ed25519 (RFC 8037 §2), which the token library does not know.</summary>
internal sealed class EdDsaKey : AsymmetricSecurityKey
{
    private const int Bits = 256;

    /// <param name="point">The 32 bytes of the key.</param>
    public EdDsaKey(byte[] point)
    {
        Point = point;
        CryptoProviderFactory = EdDsaProvider.Factory;
    }

    /// <summary>The 32 bytes of the key.</summary>
    public byte[] Point { get; }

    /// <inheritdoc/>
    public override int KeySize => Bits;

    /// <inheritdoc/>
    public override PrivateKeyStatus PrivateKeyStatus => PrivateKeyStatus.DoesNotExist;

    /// <inheritdoc/>
    [Obsolete("Replaced by PrivateKeyStatus.")]
    public override bool HasPrivateKey => false;
}
