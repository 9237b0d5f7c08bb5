using GatewayMesh.Configuration.Policies.Jwt;
using Microsoft.IdentityModel.Tokens;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Verifies signatures with one Ed25519 key for the token library.</summary>
/// <param name="key">The key.</param>
internal sealed class EdDsaVerifier(EdDsaKey key) : SignatureProvider(key, JwtAlgorithms.EdDsa)
{
    /// <inheritdoc/>
    public override bool Verify(byte[] input, byte[] signature) => Ed25519.Verify(key.Point, input, signature);

    /// <inheritdoc/>
    public override bool Verify(
        byte[] input, int inputOffset, int inputLength, byte[] signature, int signatureOffset, int signatureLength) =>
        Ed25519.Verify(key.Point, input.AsSpan(inputOffset, inputLength), signature.AsSpan(signatureOffset, signatureLength));

    /// <inheritdoc/>
    public override byte[] Sign(byte[] input) => throw new NotSupportedException("The mesh signs no tokens.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
