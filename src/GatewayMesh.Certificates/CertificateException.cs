namespace GatewayMesh.Certificates;

/// <summary>A certificate or key is not usable. The message never reveals the key.</summary>
/// <param name="message">The problem.</param>
/// <param name="fix">The fix, as an imperative.</param>
public sealed class CertificateException(string message, string fix) : Exception(message)
{
    /// <summary>The fix, as an imperative.</summary>
    public string Fix { get; } = fix;
}
