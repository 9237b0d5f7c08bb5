using GatewayMesh.Configuration.Policies.Jwt;
using Microsoft.IdentityModel.Tokens;

namespace GatewayMesh.Proxy.Jwt;

/// <summary>Adds Ed25519 to the token library.</summary>
internal sealed class EdDsaProvider : ICryptoProvider
{
    /// <summary>Factory of verifiers for all keys. It keeps none, since keys come and go.</summary>
    public static CryptoProviderFactory Factory { get; } =
        new() { CustomCryptoProvider = new EdDsaProvider(), CacheSignatureProviders = false };

    /// <inheritdoc/>
    public bool IsSupportedAlgorithm(string algorithm, params object[] args) => algorithm == JwtAlgorithms.EdDsa && args is [EdDsaKey, ..];

    /// <inheritdoc/>
    public object Create(string algorithm, params object[] args) => new EdDsaVerifier((EdDsaKey)args[0]);

    /// <inheritdoc/>
    public void Release(object cryptoInstance) => (cryptoInstance as IDisposable)?.Dispose();
}
