using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Proxy.Edge;

/// <summary>
/// Certificates of one public listener by name: the exact name, then <c>*.SUFFIX</c> for one label, then the first certificate in the list.
/// Immutable.
/// </summary>
internal sealed class CertificateTable
{
    private static readonly List<SslApplicationProtocol> Protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    private readonly FrozenDictionary<string, EdgeCertificate> _byName;
    private readonly IngressTlsSpec _spec;
    private readonly X509Certificate2Collection? _clientAuthorities;

    private CertificateTable(
        IngressTlsSpec spec, ImmutableArray<EdgeCertificate> certificates, X509Certificate2Collection? clientAuthorities)
    {
        _spec = spec;
        _clientAuthorities = clientAuthorities;
        Certificates = certificates;
        var names = new Dictionary<string, EdgeCertificate>(StringComparer.OrdinalIgnoreCase);
        foreach (var certificate in certificates)
        {
            foreach (var name in certificate.Names)
            {
                names.TryAdd(name, certificate); // the first of two certificates for a name wins
            }
        }

        _byName = names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>All certificates, in the order of the file.</summary>
    public ImmutableArray<EdgeCertificate> Certificates { get; }

    /// <summary>Reads all files; null if any of them is unusable.</summary>
    /// <param name="spec">Files to read.</param>
    /// <param name="errors">All errors found.</param>
    public static CertificateTable? Read(IngressTlsSpec spec, out ImmutableArray<ConfigError> errors)
    {
        var found = new List<ConfigError>();
        var authorities = spec.ClientCa is { } ca ? ReadAuthorities(ca, found) : null;
        var trust = authorities is { Count: > 0 }
            ? SslCertificateTrust.CreateForX509Collection(authorities, sendTrustInHandshake: true)
            : null;
        var certificates = spec.Certificates.Select(file => EdgeCertificate.Read(file, trust, found)).ToList();
        errors = [.. found];
        return found.Count > 0 ? null : new CertificateTable(spec, [.. certificates.OfType<EdgeCertificate>()], authorities);
    }

    /// <summary>Returns the certificate for <paramref name="host"/>, which is empty if the client sent no server name.</summary>
    public EdgeCertificate Find(string host)
    {
        var name = host.EndsWith('.') ? host[..^1] : host;
        return _byName.TryGetValue(name, out var exact) ? exact
            : name.IndexOf('.', StringComparison.Ordinal) is var dot and > 0
                && _byName.TryGetValue("*" + name[dot..], out var wildcard) ? wildcard
            : Certificates[0];
    }

    /// <summary>Returns the server's TLS options for a client that asked for <paramref name="host"/>.</summary>
    [
        SuppressMessage(
            "Security", "CA5397", Justification = "The operator sets the minimum version, regardless of this host's own configuration.")]
    [SuppressMessage("Security", "CA5398", Justification = "As above.")]
    public SslServerAuthenticationOptions For(string host)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = Find(host).Context,
            ApplicationProtocols = Protocols,
            EnabledSslProtocols = _spec.MinVersion >= 13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
            EncryptionPolicy = EncryptionPolicy.RequireEncryption,
        };
        if (_clientAuthorities is not { } authorities)
        {
            return options;
        }

        options.ClientCertificateRequired = true;
        options.AllowTlsResume = false; // a resumed session has no client certificate (dotnet/runtime#123238)
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        options.RemoteCertificateValidationCallback = _spec.ClientCertificates == ClientCertificates.Required
            ? static (_, certificate, _, errors) => certificate is not null && IsClients(certificate, errors)
            : static (_, certificate, _, errors) => certificate is null || IsClients(certificate, errors);
        return options;
    }

    // A client authority is not a client: accepting its certificate would accept an unknown client.
    private static bool IsClients(X509Certificate certificate, SslPolicyErrors errors) =>
        errors == SslPolicyErrors.None && certificate is X509Certificate2 leaf && !AuthorityCertificate.Is(leaf);

    private static X509Certificate2Collection? ReadAuthorities(ClientAuthoritySpec ca, List<ConfigError> errors)
    {
        if (PemFile.Read(ca.File, ca.Location, ca.Path, errors) is not { } pem)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            authorities.Clear();
        }

        if (authorities.Count == 0)
        {
            errors.Add(
                new ConfigError(
                    ca.Location,
                    ca.Path,
                    $"{ca.File} has no readable certificate",
                    "provide the client authorities in PEM format (-----BEGIN CERTIFICATE-----)"));
        }

        return authorities;
    }
}
