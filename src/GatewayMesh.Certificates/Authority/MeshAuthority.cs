using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace GatewayMesh.Certificates.Authority;

/// <summary>
/// The mesh's own small certificate authority, for a mesh without Consul: a P-256 root that signs leaf certificates, and previous roots,
/// which stay trusted until they are removed. Its folder contains <c>ca.pem</c> (root and key, 0600) and <c>roots.pem</c> (roots trusted by
/// nodes).
/// </summary>
public sealed class MeshAuthority : IDisposable
{
    // The clocks of two hosts are never equal; Consul's leaf certificates start equally early.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly X509Certificate2 _root;

    internal MeshAuthority(X509Certificate2 root, string trustDomain, ImmutableArray<X509Certificate2> retired)
    {
        _root = root;
        TrustDomain = trustDomain;
        Retired = retired;
    }

    /// <summary>Trust domain: the first part of every id in this mesh.</summary>
    public string TrustDomain { get; }

    /// <summary>Root that signs, without access to its key's bytes.</summary>
    public X509Certificate2 Root => _root;

    /// <summary>Previous roots, newest first: trusted, but not used to sign.</summary>
    public ImmutableArray<X509Certificate2> Retired { get; }

    /// <summary>Trusted roots as PEM, the signing root first.</summary>
    public string RootsPem => AuthorityFolder.RootsPem(this);

    /// <summary>Creates a unique trust domain: <c>UUID.mesh</c>, like Consul's <c>UUID.consul</c>.</summary>
    public static string NewTrustDomain() => $"{Guid.NewGuid():D}.mesh";

    /// <summary>Creates an authority with one root.</summary>
    /// <param name="trustDomain">Trust domain; see <see cref="AuthorityNames.IsTrustDomain"/>.</param>
    /// <param name="lifetime">Lifetime of the root.</param>
    /// <param name="now">Current time.</param>
    /// <exception cref="CertificateException"><paramref name="trustDomain"/> is not a valid trust domain.</exception>
    public static MeshAuthority Create(string trustDomain, TimeSpan lifetime, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(trustDomain);
        return AuthorityNames.IsTrustDomain(trustDomain)
            ? new MeshAuthority(CertificateMaker.Root(trustDomain, now - ClockSkew, now + lifetime), trustDomain, [])
            : throw new CertificateException(
                $"'{trustDomain}' is not a valid trust domain",
                "use lower-case letters, digits, dots, dashes and underscores, such as mesh.example.org");
    }

    /// <summary>Loads the authority of a folder.</summary>
    /// <exception cref="CertificateException">There is no authority, or one of its files is unreadable or invalid.</exception>
    public static MeshAuthority Load(string folder) => AuthorityFolder.Load(folder);

    /// <summary>True if a folder contains an authority, a part of one, or a node's roots, none of which may be overwritten.</summary>
    public static bool IsIn(string folder) =>
        File.Exists(AuthorityFolder.AuthorityFile(folder)) || File.Exists(AuthorityFolder.RootsFile(folder));

    /// <summary>Saves the authority to a folder, which is created with mode 0700: first the trusted roots, then the signing root.</summary>
    /// <exception cref="CertificateException">The folder is not writable.</exception>
    public void Save(string folder) => AuthorityFolder.Save(this, folder);

    /// <summary>Returns this authority with a new signing root; previous roots stay trusted while they are valid.</summary>
    public MeshAuthority Rotate(TimeSpan lifetime, DateTimeOffset now) =>
        new(
            CertificateMaker.Root(TrustDomain, now - ClockSkew, now + lifetime),
            TrustDomain,
            [
                .. Retired.Insert(
                    0,
                    X509CertificateLoader.LoadCertificate(_root.RawDataMemory.Span)).Where(
                        root => root.NotAfter.ToUniversalTime() > now.UtcDateTime)]);

    /// <summary>
    /// Issues a certificate with a new key and the id <c>spiffe://TRUSTDOMAIN/ns/default/dc/DATACENTER/svc/SERVICE</c>, for both sides of a
    /// connection. The certificate never outlives the root.
    /// </summary>
    /// <param name="service">Name of the service.</param>
    /// <param name="datacenter">Datacenter of the service, <c>dc1</c> in a mesh with one datacenter.</param>
    /// <param name="lifetime">Lifetime of the certificate.</param>
    /// <param name="now">Current time; the certificate is valid from one minute earlier.</param>
    /// <returns>Certificate and private key in a single PEM text: a secret.</returns>
    /// <exception cref="CertificateException">A name is not valid in an id, or the root has expired.</exception>
    public string Issue(string service, string datacenter, TimeSpan lifetime, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(datacenter);
        foreach (var name in (ReadOnlySpan<string>)[service, datacenter])
        {
            if (!AuthorityNames.IsName(name))
            {
                throw new CertificateException(
                    $"'{name}' is not valid in an id",
                    "use letters, digits, dots, dashes and underscores, at most 128, and not the word roots");
            }
        }

        var (begin, end) = (now - ClockSkew, now + lifetime);
        if (_root.NotAfter.ToUniversalTime() <= now.UtcDateTime)
        {
            throw new CertificateException(
                $"the root {_root.Subject} expired on {_root.NotAfter.ToUniversalTime():u}",
                "create a new root with `gatewaymesh ca init --rotate`, and copy the new roots.pem to every node");
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
