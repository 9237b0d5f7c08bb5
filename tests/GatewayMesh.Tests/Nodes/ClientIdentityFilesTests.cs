using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Linux;
using GatewayMesh.Nodes;
using GatewayMesh.Tests.Identity;

namespace GatewayMesh.Tests.Nodes;

/// <summary>Files for applications with the client library.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
internal sealed class ClientIdentityFilesTests
{
    private const UnixFileMode ForGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly EventLog _events = new("host-a", "worker", Stream.Null);

    [OneTimeTearDown]
    public void End() => _events.Dispose();

    [Test]
    public void Certificate_and_roots_are_written_for_the_group_renewed_and_removed_when_turned_off()
    {
        using var folder = new IssuedFolder().With("web", "payments");
        var files = new ClientIdentityFiles(_events);
        var bootstrap = Bootstrap(folder, on: true);
        var (identity, roots) = (
            Path.Combine(folder.Path, "run", "web", "identity.pem"), Path.Combine(folder.Path, "run", "web", "roots.pem"));
        files.Write(bootstrap, folder.Certificates);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.ReadAllText(identity), Is.EqualTo(File.ReadAllText(Path.Combine(folder.Certificates.Directory, "web.pem"))));
            Assert.That(File.ReadAllText(roots), Is.EqualTo(File.ReadAllText(Path.Combine(folder.Certificates.Directory, "roots.pem"))));
            Assert.That((File.GetUnixFileMode(identity), File.GetUnixFileMode(roots)), Is.EqualTo((ForGroup, ForGroup)));
            Assert.That(File.Exists(Path.Combine(folder.Path, "run", "payments", "identity.pem")), Is.False, "payments did not ask for it");
        }

        folder.With("web");
        files.Write(bootstrap, folder.Certificates);
        Assert.That(
            File.ReadAllText(identity), Is.EqualTo(File.ReadAllText(Path.Combine(folder.Certificates.Directory, "web.pem"))), "renewed");

        files.Write(Bootstrap(folder, on: false), folder.Certificates);
        Assert.That((File.Exists(identity), File.Exists(roots)), Is.EqualTo((false, false)));
    }

    [Test]
    public void Files_of_an_earlier_process_are_removed_when_the_option_is_off()
    {
        using var folder = new IssuedFolder().With("web");
        new ClientIdentityFiles(_events).Write(Bootstrap(folder, on: true), folder.Certificates);
        new ClientIdentityFiles(_events).Write(Bootstrap(folder, on: false), folder.Certificates);
        Assert.That(Directory.EnumerateFiles(Path.Combine(folder.Path, "run", "web")), Is.Empty);
    }

    [Test]
    public void Removed_service_leaves_no_key_behind()
    {
        using var folder = new IssuedFolder().With("web");
        var files = new ClientIdentityFiles(_events);
        var bootstrap = Bootstrap(folder, on: true);
        files.Write(bootstrap, folder.Certificates);
        files.Write(bootstrap with { Sidecar = new SidecarSpec() }, folder.Certificates);
        Assert.That(Directory.EnumerateFiles(Path.Combine(folder.Path, "run", "web")), Is.Empty);
    }

    [Test]
    public void Missing_group_writes_no_file_for_another_group()
    {
        using var folder = new IssuedFolder().With("web");
        new ClientIdentityFiles(_events).Write(Bootstrap(folder, on: true, group: "no-such-group"), folder.Certificates);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(File.Exists(Path.Combine(folder.Path, "run", "web", "identity.pem")), Is.False);
            Assert.That(() => GroupNames.IdOf("no-such-group"), Throws.InstanceOf<IOException>());
            Assert.That((GroupNames.IdOf("root"), GroupNames.IdOf("4711")), Is.EqualTo((0, 4711)));
        }
    }

    private static BootstrapSpec Bootstrap(IssuedFolder folder, bool on, string? group = null) => new()
    {
        Role = MeshRole.Sidecar,
        Node = "host-a",
        RunDir = Path.Combine(folder.Path, "run"),
        Identity = IdentityMode.Mtls,
        Sidecar = new SidecarSpec
        {
            Services =
            [
                new LocalServiceSpec { Name = "web", Id = "web-1", Port = 1, ClientIdentity = on, ClientGroup = group },
                new LocalServiceSpec { Name = "payments", Id = "payments-1", Port = 2 },
            ],
        },
    };
}
