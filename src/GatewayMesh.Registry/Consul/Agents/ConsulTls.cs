using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>PEM files for agents that speak TLS; read again when they change.</summary>
/// <param name="CaFile">The only roots that an agent's certificate may come from; null: the system's.</param>
/// <param name="CertFile">Our certificate, for agents with <c>verify_incoming</c>; null: none.</param>
/// <param name="KeyFile">Its key; null: none.</param>
internal sealed record ConsulTls(string? CaFile, string? CertFile, string? KeyFile)
{
    private const int Longest = 1024 * 1024;

    /// <summary>What they mean for a connection, read now.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file is no such PEM.</exception>
    public SslClientAuthenticationOptions Options()
    {
        var options = new SslClientAuthenticationOptions();
        if (CaFile is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.ImportFromPem(RegularFile.ReadAllText(CaFile, Longest));
            options.CertificateChainPolicy = policy;
        }

        if (CertFile is not null)
        {
            var certificate = RegularFile.ReadAllText(CertFile, Longest);
            options.ClientCertificates = [X509Certificate2.CreateFromPem(certificate, KeyFile is null ? certificate : RegularFile.ReadAllText(KeyFile, Longest))];
        }

        return options;
    }
}
