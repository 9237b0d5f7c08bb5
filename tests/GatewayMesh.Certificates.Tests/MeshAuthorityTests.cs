using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates.Authority;
using GatewayMesh.Certificates.Trust;

namespace GatewayMesh.Certificates.Tests;

/// <summary>The mesh's own authority.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class MeshAuthorityTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly TimeSpan Years = TimeSpan.FromDays(3650), Days = TimeSpan.FromHours(72);

    private string _folder = null!;

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("gatewaymesh-ca-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void Its_leaves_are_accepted_as_client_and_as_server()
    {
        using var authority = MeshAuthority.Create("mesh.example", Years, Now);
        var leaf = LeafCertificate.FromPem("web", authority.Issue("web", "dc1", Days, Now));
        var trust = TrustBundle.FromPem(authority.RootsPem);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(trust.TrustDomain, Is.EqualTo("mesh.example"));
            Assert.That(
                PeerVerifier.Verify(leaf.Certificate, [], trust, PeerUsage.Client, Now),
                Is.EqualTo(new PeerVerdict(new SpiffeId("mesh.example", "dc1", "web"), PeerFault.None)));
            Assert.That(PeerVerifier.Verify(leaf.Certificate, [], trust, PeerUsage.Server, Now).IsTrusted);
        }
    }

    [Test]
    public void A_leaf_has_the_content_of_Consuls_leaves_and_no_more()
    {
        using var authority = MeshAuthority.Create("11111111-2222-3333-4444-555555555555.mesh", Years, Now);
        var leaf = LeafCertificate.FromPem("web", authority.Issue("web", "dc1", Days, Now)).Certificate;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(leaf.Subject, Is.EqualTo("CN=web.svc.default.11111111.mesh"));
            Assert.That(leaf.SerialNumber, Has.Length.EqualTo(32), "128 bits");
            Assert.That(leaf.SignatureAlgorithm.FriendlyName, Is.EqualTo("sha256ECDSA"));
            Assert.That(leaf.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.Value, Is.EqualTo("1.2.840.10045.3.1.7"), "P-256");
            Assert.That(leaf.NotBefore.ToUniversalTime(), Is.EqualTo(Now.AddMinutes(-1).UtcDateTime).Within(TimeSpan.FromSeconds(1)));
            Assert.That(leaf.NotAfter.ToUniversalTime(), Is.EqualTo((Now + Days).UtcDateTime).Within(TimeSpan.FromSeconds(1)));
            Assert.That(
                (Extension<X509KeyUsageExtension>(leaf).KeyUsages, Extension<X509KeyUsageExtension>(leaf).Critical),
                Is.EqualTo((X509KeyUsageFlags.DigitalSignature, true)));
            Assert.That(
                Extension<X509EnhancedKeyUsageExtension>(leaf).EnhancedKeyUsages.Cast<Oid>().Select(usage => usage.Value),
                Is.EqualTo(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]));
            Assert.That(Extension<X509BasicConstraintsExtension>(leaf).CertificateAuthority, Is.False);
            Assert.That(OpenSsl("x509", "-noout", "-ext", "subjectAltName", "-in", Written("leaf.pem", leaf.ExportCertificatePem())).Split('\n')[1].Trim(),
                Is.EqualTo("URI:spiffe://11111111-2222-3333-4444-555555555555.mesh/ns/default/dc/dc1/svc/web"));
        }
    }

    [Test]
    public void A_root_signs_leaves_and_they_sign_nothing()
    {
        using var authority = MeshAuthority.Create("11111111-2222-3333-4444-555555555555.mesh", Years, Now);
        var constraints = Extension<X509BasicConstraintsExtension>(authority.Root);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(authority.Root.Subject, Does.Match("^CN=pri-[0-9a-f]{8}\\.mesh\\.ca\\.11111111\\.mesh$"));
            Assert.That(
                (
                    constraints.CertificateAuthority,
                    constraints.HasPathLengthConstraint,
                    constraints.PathLengthConstraint,
                    constraints.Critical),
                Is.EqualTo((true, true, 0, true)));
            Assert.That(
                Extension<X509KeyUsageExtension>(authority.Root).KeyUsages,
                Is.EqualTo(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign));
            Assert.That(Extension<X509KeyUsageExtension>(authority.Root).Critical);
        }
    }

    [TestCase("sslclient")]
    [TestCase("sslserver")]
    public void OpenSSL_accepts_the_leaves_in_strict_mode(string purpose)
    {
        using var authority = MeshAuthority.Create("mesh.example", Years, Now);
        var leaf = Written("web.pem", authority.Issue("web", "dc1", Days, Now));
        Assert.That(
            OpenSsl("verify", "-x509_strict", "-purpose", purpose, "-CAfile", Written("roots.pem", authority.RootsPem), leaf),
            Does.Contain("web.pem: OK"));
    }

    [Test]
    public void No_two_serials_are_equal()
    {
        using var authority = MeshAuthority.Create("mesh.example", Years, Now);
        Assert.That(
            Enumerable.Range(0, 20).Select(
                _ => LeafCertificate.FromPem("web", authority.Issue("web", "dc1", Days, Now)).Certificate.SerialNumber),
            Is.Unique);
    }

    [Test]
    public void A_saved_authority_is_loaded_and_its_key_is_readable_only_by_its_owner()
    {
        var folder = Path.Combine(_folder, "ca");
        using var authority = MeshAuthority.Create("mesh.example", Years, Now);
        authority.Save(folder);
        using var again = MeshAuthority.Load(folder);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.GetUnixFileMode(Path.Combine(folder, "ca.pem")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.That(
                File.GetUnixFileMode(folder), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
            Assert.That(File.ReadAllText(Path.Combine(folder, "roots.pem")), Is.EqualTo(again.RootsPem).And.Not.Contains("PRIVATE"));
            Assert.That(Verify(authority.RootsPem, again.Issue("web", "dc1", Days, Now)), Is.EqualTo(PeerFault.None));
        }
    }

    [Test]
    public void After_a_rotation_the_new_root_signs_and_both_roots_are_trusted_even_after_a_reload()
    {
        using var authority = MeshAuthority.Create("mesh.example", Years, Now);
        var before = authority.Issue("web", "dc1", Days, Now);
        using (var rotated = authority.Rotate(Years, Now))
        {
            rotated.Save(_folder);
        }

        using var now = MeshAuthority.Load(_folder);
        var after = now.Issue("web", "dc1", Days, Now);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(now.TrustDomain, Is.EqualTo("mesh.example"));
            Assert.That(now.Retired.Select(root => root.Thumbprint), Is.EqualTo([authority.Root.Thumbprint]));
            Assert.That(Verify(now.RootsPem, before), Is.EqualTo(PeerFault.None));
            Assert.That(Verify(now.RootsPem, after), Is.EqualTo(PeerFault.None));
            Assert.That(Verify(authority.RootsPem, after), Is.EqualTo(PeerFault.UnknownAuthority), "the new root signs");
        }
    }

    [Test]
    public void An_expired_root_is_not_kept_at_a_rotation()
    {
        using var authority = MeshAuthority.Create("mesh.example", TimeSpan.FromDays(1), Now.AddDays(-2));
        using var rotated = authority.Rotate(Years, Now);
        Assert.That(rotated.Retired, Is.Empty);
    }

    [Test]
    public void A_leaf_is_valid_only_within_the_lifetime_of_its_root()
    {
        using var authority = MeshAuthority.Create("mesh.example", TimeSpan.FromHours(1), Now);
        var leaf = LeafCertificate.FromPem("web", authority.Issue("web", "dc1", Days, Now.AddSeconds(-30)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(leaf.NotAfter, Is.EqualTo(new DateTimeOffset(authority.Root.NotAfter.ToUniversalTime())));
            Assert.That(leaf.NotBefore, Is.EqualTo(new DateTimeOffset(authority.Root.NotBefore.ToUniversalTime())));
        }
    }

    [Test]
    public void An_expired_root_signs_nothing()
    {
        using var authority = MeshAuthority.Create("mesh.example", TimeSpan.FromDays(1), Now.AddDays(-2));
        Assert.That(
            Assert.Throws<CertificateException>(() => authority.Issue("web", "dc1", Days, Now))?.Fix, Does.Contain("ca init --rotate"));
    }

    [TestCase("")]
    [TestCase("a/b")]
    [TestCase("../web")]
    [TestCase("web payments")]
    [TestCase("wéb")]
    public void A_name_that_is_invalid_in_an_ID_is_refused(string name)
    {
        using var authority = MeshAuthority.Create("mesh.example", Years, Now);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => authority.Issue(name, "dc1", Days, Now), Throws.TypeOf<CertificateException>());
            Assert.That(() => authority.Issue("web", name, Days, Now), Throws.TypeOf<CertificateException>());
            Assert.That(() => MeshAuthority.Create(name, Years, Now), Throws.TypeOf<CertificateException>());
        }
    }

    [Test]
    public void A_long_name_is_truncated_only_in_the_common_name()
    {
        using var authority = MeshAuthority.Create("mesh.example", Years, Now);
        var name = new string('n', 100);
        var leaf = LeafCertificate.FromPem(name, authority.Issue(name, "dc1", Days, Now));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(leaf.Certificate.Subject, Has.Length.EqualTo("CN=".Length + 64));
            Assert.That(leaf.Id.Service, Is.EqualTo(name));
        }
    }

    [Test]
    public void A_broken_authority_is_reported_without_its_key()
    {
        using var authority = MeshAuthority.Create("mesh.example", Years, Now);
        using var other = MeshAuthority.Create("mesh.example", Years, Now);
        authority.Save(_folder);
        var file = Path.Combine(_folder, "ca.pem");
        var whole = File.ReadAllText(file);
        var key = whole[whole.IndexOf("-----BEGIN EC", StringComparison.Ordinal)..];
        using (Assert.EnterMultipleScope())
        {
            foreach (var broken in (string[])["", key, whole[..^80], other.RootsPem + key])
            {
                File.WriteAllText(file, broken);
                var failure = Assert.Throws<CertificateException>(() => MeshAuthority.Load(_folder));
                Assert.That(failure?.ToString(), Does.Contain(file).And.Not.Contains(key.Split('\n')[1]));
            }

            Assert.That(() => MeshAuthority.Load(Path.Combine(_folder, "none")), Throws.TypeOf<CertificateException>());
        }
    }

    private static PeerFault Verify(string roots, string leaf) =>
        PeerVerifier.Verify(LeafCertificate.FromPem("web", leaf).Certificate, [], TrustBundle.FromPem(roots), PeerUsage.Server, Now).Fault;

    private static T Extension<T>(X509Certificate2 certificate)
        where T : X509Extension => certificate.Extensions.OfType<T>().Single();

    private string Written(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string OpenSsl(params string[] arguments)
    {
        using var run = Process.Start(
            new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = run.StandardError.ReadToEndAsync();
        return run.StandardOutput.ReadToEnd() + errors.Result;
    }
}
