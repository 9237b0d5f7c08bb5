using GatewayMesh.Certificates.Folder;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Certificates.Tests;

/// <summary>The folder of certificates, shared by several processes.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class CertificateFolderTests
{
    private readonly string _directory = Path.Combine(
        TestContext.CurrentContext.WorkDirectory, "certificates", Guid.NewGuid().ToString("N"));
    private readonly TestAuthority _authority = new();
    private CertificateFolder _folder = null!;

    [SetUp]
    public void Open() => _folder = new CertificateFolder(_directory, TimeProvider.System);

    [TearDown]
    public void Remove()
    {
        _folder.Dispose();
        if (Directory.Exists(_directory))
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    [OneTimeTearDown]
    public void End() => _authority.Dispose();

    [Test]
    public void A_stored_certificate_is_in_use_at_once_and_after_a_restart()
    {
        _folder.PutTrust(_authority.RootPem);
        _folder.Put("web", _authority.Issue("web"));
        using var again = new CertificateFolder(_directory, TimeProvider.System);
        again.Refresh();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_folder.Leaf("web")?.Id.Service, Is.EqualTo("web"));
            Assert.That(again.Leaf("web")?.Fingerprint, Is.EqualTo(_folder.Leaf("web")!.Fingerprint));
            Assert.That(again.Leaf("web")!.Certificate.HasPrivateKey);
            Assert.That(again.Trust?.TrustDomain, Is.EqualTo("test.mesh"));
            Assert.That(again.Leaf("payments"), Is.Null);
        }
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_fifo_in_the_folder_is_reported_and_the_rest_is_used(CancellationToken cancellationToken)
    {
        _folder.Put("web", _authority.Issue("web"));
        using (var made = System.Diagnostics.Process.Start("mkfifo", [Path.Combine(_directory, "api.pem")]))
        {
            made.WaitForExit();
        }

        using var again = new CertificateFolder(_directory, TimeProvider.System);
        again.Refresh();

        Assert.That(again.Leaf("web"), Is.Not.Null);
        Assert.That(again.Errors.Values.Single(), Is.EqualTo($"{Path.Combine(_directory, "api.pem")} is a FIFO, not a regular file"));
        Assert.That(cancellationToken.IsCancellationRequested, Is.False);
    }

    [Test]
    public void Keys_are_readable_only_by_their_owner()
    {
        _folder.Put("web", _authority.Issue("web"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                File.GetUnixFileMode(Path.Combine(_directory, "web.pem")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.That(
                File.GetUnixFileMode(_directory), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        }
    }

    [Test]
    public void Another_process_sees_a_new_certificate_and_is_notified_once()
    {
        _folder.Put("web", _authority.Issue("web"));
        using var reader = new CertificateFolder(_directory, TimeProvider.System);
        var notified = 0;
        reader.Changed += () => notified++;
        reader.Refresh();
        reader.Refresh();
        var first = reader.Leaf("web")!.Fingerprint;
        File.SetLastWriteTimeUtc(Path.Combine(_directory, "web.pem"), DateTime.UnixEpoch);
        _folder.Put("web", _authority.Issue("web"));
        reader.Refresh();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(notified, Is.EqualTo(2));
            Assert.That(reader.Leaf("web")!.Fingerprint, Is.EqualTo(_folder.Leaf("web")!.Fingerprint).And.Not.EqualTo(first));
        }
    }

    [TestCase("")]
    [TestCase("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void A_broken_file_changes_nothing_and_is_reported(string content)
    {
        _folder.Put("web", _authority.Issue("web"));
        var before = _folder.Leaf("web");
        File.WriteAllText(Path.Combine(_directory, "web.pem"), content);
        _folder.Refresh();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_folder.Leaf("web"), Is.SameAs(before));
            Assert.That(_folder.Errors.Keys, Is.EqualTo(["web.pem"]));
        }
    }

    [Test]
    public void A_key_that_belongs_to_another_certificate_is_refused_and_not_printed()
    {
        var (one, other) = (_authority.Issue("web"), _authority.Issue("web"));
        var mixed = one[..one.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)] + other[
            other.IndexOf("-----BEGIN PRIVATE", StringComparison.Ordinal)..];
        var refusal = Assert.Throws<CertificateException>(() => _folder.Put("web", mixed));
        Assert.That(refusal.ToString(), Does.Not.Contain("PRIVATE KEY").And.Contains("do not match"));
    }

    [Test]
    public void Another_services_certificate_is_refused() =>
        Assert.That(
            Assert.Throws<CertificateException>(() => _folder.Put("web", _authority.Issue("payments")))?.Message,
            Does.Contain("for the service payments, not for web"));

    [Test]
    public void An_expired_certificate_is_listed_but_never_used()
    {
        _folder.Put("web", _authority.Issue("web", DateTimeOffset.UtcNow.AddHours(-2), DateTimeOffset.UtcNow.AddHours(-1)));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_folder.Leaf("web"), Is.Null);
            Assert.That(_folder.Newest("web"), Is.Not.Null);
        }
    }

    [Test]
    public void A_certificate_that_cannot_be_written_is_still_used()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_directory)!);
        File.WriteAllText(_directory, "a file in place of the folder");
        try
        {
            _folder.Put("web", _authority.Issue("web"));
            using (Assert.EnterMultipleScope())
            {
                Assert.That(_folder.Leaf("web"), Is.Not.Null);
                Assert.That(_folder.Errors["web.pem"], Does.Contain("missing after a restart"));
            }
        }
        finally
        {
            File.Delete(_directory);
        }
    }
}
