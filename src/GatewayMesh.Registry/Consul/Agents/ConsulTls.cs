using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Linux;

namespace GatewayMesh.Registry.Consul.Agents;

/// <summary>PEM files for agents that speak TLS. Changed files are reloaded.</summary>
/// <param name="CaFile">The only trusted roots for an agent's certificate; null: the system's roots.</param>
/// <param name="CertFile">The client certificate for agents with <c>verify_incoming</c>; null: none.</param>
/// <param name="KeyFile">The key of the client certificate; null: none.</param>
internal sealed record ConsulTls(string? CaFile, string? CertFile, string? KeyFile)
{
    private const int Longest = 1024 * 1024;

    /// <summary>Reads the files and returns the TLS options for a connection.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file is not valid PEM.</exception>
    public SslClientAuthenticationOptions Options()
    {
        var options = new SslClientAuthenticationOptions();
        if (CaFile is not null)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPem(RegularFile.ReadAllText(CaFile, Longest));
            options.CertificateChainPolicy = policy;
        }

        if (CertFile is not null)
        {
            var certificate = RegularFile.ReadAllText(CertFile, Longest);
            options.ClientCertificates = [
                X509Certificate2.CreateFromPem(certificate, KeyFile is null ? certificate : RegularFile.ReadAllText(KeyFile, Longest))];
        }

        return options;
    }
}
