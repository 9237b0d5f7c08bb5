namespace GatewayMesh.Certificates;

/// <summary>A certificate or key cannot be used. Never says anything of the key itself.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="fix">What to do about it.</param>
public sealed class CertificateException(string message, string fix) : Exception(message)
{
    /// <summary>What to do about it.</summary>
    public string Fix { get; } = fix;
}
