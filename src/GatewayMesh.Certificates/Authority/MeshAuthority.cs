using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Certificates.Authority;

/// <summary>
/// The mesh's own small certificate authority, for a mesh without Consul: one P-256 root that signs leafs, and the roots before it, which stay
/// trusted until they are taken out. Its folder holds <c>ca.pem</c> (root and key, 0600) and <c>roots.pem</c> (what nodes trust).
/// </summary>
public sealed class MeshAuthority : IDisposable
{
    // Clocks of two hosts are never the same; Consul's leafs begin as much before now.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly X509Certificate2 _root;

    internal MeshAuthority(X509Certificate2 root, string trustDomain, ImmutableArray<X509Certificate2> retired)
    {
        _root = root;
        TrustDomain = trustDomain;
        Retired = retired;
    }

    /// <summary>Name of the trust domain: what every id of this mesh begins with.</summary>
    public string TrustDomain { get; }

    /// <summary>The root that signs, without its key's bytes ever shown.</summary>
    public X509Certificate2 Root => _root;

    /// <summary>Roots that signed before, the youngest first: trusted, but not used to sign.</summary>
    public ImmutableArray<X509Certificate2> Retired { get; }

    /// <summary>What nodes trust, as PEM: the root that signs first.</summary>
    public string RootsPem => AuthorityFolder.RootsPem(this);

    /// <summary>A trust domain that no other mesh has: <c>UUID.mesh</c>, as Consul names its own <c>UUID.consul</c>.</summary>
    public static string NewTrustDomain() => $"{Guid.NewGuid():D}.mesh";

    /// <summary>A new authority with one root.</summary>
    /// <param name="trustDomain">Its trust domain, see <see cref="AuthorityNames.IsTrustDomain"/>.</param>
    /// <param name="lifetime">How long its root is valid.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="CertificateException"><paramref name="trustDomain"/> is no such name.</exception>
    public static MeshAuthority Create(string trustDomain, TimeSpan lifetime, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(trustDomain);
        return AuthorityNames.IsTrustDomain(trustDomain)
            ? new MeshAuthority(CertificateMaker.Root(trustDomain, now - ClockSkew, now + lifetime), trustDomain, [])
            : throw new CertificateException($"'{trustDomain}' is no trust domain", "use lower-case letters, digits, dots, dashes and underscores, as in mesh.example.org");
    }

    /// <summary>Reads the authority in a folder.</summary>
    /// <exception cref="CertificateException">There is none, or a file of it cannot be read or is not what it should be.</exception>
    public static MeshAuthority Load(string folder) => AuthorityFolder.Load(folder);

    /// <summary>Whether a folder holds an authority, or what may be a part of one (or the roots of a node): nothing to be overwritten.</summary>
    public static bool IsIn(string folder) => File.Exists(AuthorityFolder.AuthorityFile(folder)) || File.Exists(AuthorityFolder.RootsFile(folder));

    /// <summary>Writes it into a folder, which is made with mode 0700: first what is trusted, then what signs.</summary>
    /// <exception cref="CertificateException">The folder cannot be written to.</exception>
    public void Save(string folder) => AuthorityFolder.Save(this, folder);

    /// <summary>The same authority with a new root that signs from now on; the ones before stay trusted while they are valid.</summary>
    public MeshAuthority Rotate(TimeSpan lifetime, DateTimeOffset now) =>
        new(
            CertificateMaker.Root(TrustDomain, now - ClockSkew, now + lifetime),
            TrustDomain,
            [.. Retired.Insert(0, X509CertificateLoader.LoadCertificate(_root.RawDataMemory.Span)).Where(root => root.NotAfter.ToUniversalTime() > now.UtcDateTime)]);

    /// <summary>
    /// A new key and a certificate for it, with the id <c>spiffe://TRUSTDOMAIN/ns/default/dc/DATACENTER/svc/SERVICE</c>, for both sides of a connection.
    /// It ends with the root at the latest.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="datacenter">Its datacenter, <c>dc1</c> where there is but one.</param>
    /// <param name="lifetime">How long it is valid.</param>
    /// <param name="now">The time; the certificate begins a minute before.</param>
    /// <returns>Certificate and private key in one PEM text: a secret.</returns>
    /// <exception cref="CertificateException">A name cannot stand in an id, or the root is over.</exception>
    public string Issue(string service, string datacenter, TimeSpan lifetime, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(datacenter);
        foreach (var name in (ReadOnlySpan<string>)[service, datacenter])
        {
            if (!AuthorityNames.IsName(name))
            {
                throw new CertificateException($"'{name}' cannot stand in an id", "use letters, digits, dots, dashes and underscores, at most 128, and not the word roots");
            }
        }

        var (begin, end) = (now - ClockSkew, now + lifetime);
        if (_root.NotAfter.ToUniversalTime() <= now.UtcDateTime)
        {
            throw new CertificateException($"the root {_root.Subject} ended on {_root.NotAfter.ToUniversalTime():u}", "make a new one with `gatewaymesh ca init --rotate`, and give every node the new roots.pem");
        }

        return CertificateMaker.Leaf(
            _root,
            AuthorityNames.LeafName(service, TrustDomain),
            $"spiffe://{TrustDomain}/ns/default/dc/{datacenter}/svc/{service}",
            begin < _root.NotBefore ? _root.NotBefore : begin,
            end > _root.NotAfter ? _root.NotAfter : end);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _root.Dispose();
        foreach (var root in Retired)
        {
            root.Dispose();
        }
    }
}
