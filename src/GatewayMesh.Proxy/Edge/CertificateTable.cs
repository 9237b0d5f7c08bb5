using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography;
using GatewayMesh.Certificates.Trust;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Streams;

namespace GatewayMesh.Proxy.Edge;

/// <summary>
/// Certificates of one public listener by name: the exact name, then <c>*.SUFFIX</c> for one label, then the first certificate in the list.
/// Immutable.
/// </summary>
internal sealed class CertificateTable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private static readonly string[] Protocols = ["h2", "http/1.1"];

    private readonly FrozenDictionary<string, EdgeCertificate> _byName;
    private readonly IngressTlsSpec _spec;
    private readonly X509Certificate2Collection? _clientAuthorities;
    private readonly ConcurrentDictionary<EdgeCertificate, ServerTls> _servers = [];

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
        var certificates = spec.Certificates.Select(file => EdgeCertificate.Read(file, found)).ToList();
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

    /// <summary>Returns the server's side of a handshake with a client that asked for <paramref name="host"/>.</summary>
    /// <exception cref="CryptographicException">OpenSSL refuses the certificate or its key.</exception>
    public ServerTls For(string host) => _servers.GetOrAdd(Find(host), static (certificate, table) => table.Create(certificate), this);

    private ServerTls Create(EdgeCertificate certificate) => new(
        TlsContext.Create(
            isServer: true,
            new TlsSettings
            {
                Certificate = certificate.Certificate,
                Intermediates = certificate.Intermediates,
                Protocols = Protocols,
                PeerCertificate = _clientAuthorities is null ? PeerCertificate.None
                    : _spec.ClientCertificates == ClientCertificates.Required ? PeerCertificate.Required
                    : PeerCertificate.Optional,
                AllowsTls12 = _spec.MinVersion < 13,
                AllowsResumption = _clientAuthorities is null,
                NamedAuthorities = [.. _clientAuthorities ?? []],
            }),
        _clientAuthorities is null ? null : Verify);

    // A client authority is not a client: accepting its certificate would accept an unknown client.
    private AlertName Verify(InboundConnection inbound, X509Certificate2 certificate, X509Certificate2Collection sent)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_clientAuthorities!);
        policy.ExtraStore.AddRange(sent);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        var isTrusted = chain.Build(certificate);
        var wrong = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, each) => all | each.Status);
        foreach (var element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }

        return isTrusted ? AuthorityCertificate.Is(certificate) ? AlertName.BadCertificate : AlertName.None
            : wrong == X509ChainStatusFlags.NotTimeValid ? AlertName.CertificateExpired
            : (wrong & X509ChainStatusFlags.NotValidForUsage) != 0 ? AlertName.UnsupportedCertificate
            : AlertName.UnknownCa;
    }

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
