using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Linux;
using GatewayMesh.Startup;
using GatewayMesh.Terminal;

namespace GatewayMesh.Tests.Startup;

public sealed class DataFoldersTests
{
    private const UnixFileMode Open =
        PrivateFolder.Mode | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private string _root = "";

    [SetUp]
    public void MakeFolder() => _root = Directory.CreateTempSubdirectory("gatewaymesh-data-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Open_data_directory_is_closed_with_all_its_content()
    {
        var folder = Path.Combine(_root, "data");
        Directory.CreateDirectory(Path.Combine(folder, "certificates"));
        File.WriteAllText(Path.Combine(folder, "guard.lock"), "");
        File.WriteAllText(Path.Combine(folder, "certificates", "web.pem"), "a key");
        foreach (
            var path in (string[])[
                folder,
                Path.Combine(folder, "certificates"),
                Path.Combine(folder, "guard.lock"),
                Path.Combine(folder, "certificates", "web.pem")])
        {
            File.SetUnixFileMode(path, Open);
        }

        DataFolders.Create(Bootstrap(folder));

        Assert.That(
            new[]
            {
                folder,
                Path.Combine(folder, "certificates"),
                Path.Combine(folder, "guard.lock"),
                Path.Combine(folder, "certificates", "web.pem"),
            }.Where(PrivateFolder.IsOpenToOthers),
            Is.Empty);
    }

    [Test]
    public void Folder_with_foreign_content_is_refused_and_unchanged()
    {
        Directory.CreateDirectory(Path.Combine(_root, "lib", "postgresql"));
        var folder = Path.Combine(_root, "lib");
        File.SetUnixFileMode(folder, Open);

        Assert.That(
            () => DataFolders.Create(Bootstrap(folder)),
            Throws.InstanceOf<RoleFailure>().With.Message.Contains("dataDir").And.Message.Contains("use a separate folder"));
        Assert.That(File.GetUnixFileMode(folder), Is.EqualTo(Open));
    }

    [Test]
    public void A_folder_that_all_users_share_is_refused()
    {
        File.SetUnixFileMode(_root, Open | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);

        Assert.That(
            () => DataFolders.Create(Bootstrap(_root)), Throws.InstanceOf<RoleFailure>().With.Message.Contains("use a separate folder"));
    }

    [Test]
    public void A_folder_of_another_user_is_refused_with_the_user_and_the_fix()
    {
        Assert.That(
            () => DataFolders.Create(Bootstrap("/proc/1")),
            Throws.InstanceOf<RoleFailure>().With.Property("ExitCode").EqualTo(ExitCode.Usage).And.Message.Contains("dataDir"));
    }

    [Test]
    public void Unwritable_directory_is_not_reported_as_locked()
    {
        Assert.That(
            () => DataFolders.Lock(Bootstrap("/proc/self/fdinfo")),
            Throws.InstanceOf<RoleFailure>()
                .With.Property("ExitCode")
                .EqualTo(ExitCode.Usage)
                .And.Message.Contains("dataDir: /proc/self/fdinfo cannot be written")
                .And.Message.Contains("--data-dir"));
    }

    [Test]
    public void A_second_node_on_one_data_directory_is_refused_and_the_first_is_named()
    {
        DataFolders.Create(Bootstrap(_root));
        using var first = DataFolders.Lock(Bootstrap(_root));

        Assert.That(
            () => DataFolders.Lock(Bootstrap(_root)),
            Throws.InstanceOf<RoleFailure>()
                .With.Property("ExitCode")
                .EqualTo(ExitCode.Bind)
                .And.Message.Contains($"process {Environment.ProcessId}"));
    }

    [Test]
    public void State_of_version_0_1_refuses_the_start_with_both_fixes()
    {
        File.WriteAllText(Path.Combine(_root, "snapshot.json"), "{}");
        var folder = Path.Combine(_root, "gateway-host-a");

        Assert.That(
            () => DataFolders.Create(Bootstrap(folder), _root),
            Throws.InstanceOf<RoleFailure>().With.Property("ExitCode").EqualTo(ExitCode.Usage)
                .And.Message.Contains($"set dataDir: {_root}, or move the files to {folder}"));
        Assert.That(Directory.Exists(folder), Is.False, "nothing is made");

        // Either fix is sufficient.
        DataFolders.Create(Bootstrap(_root), _root);
        Directory.CreateDirectory(folder);
        File.Move(Path.Combine(_root, "snapshot.json"), Path.Combine(folder, "snapshot.json"));
        DataFolders.Create(Bootstrap(folder), _root);
    }

    [Test]
    public void A_node_without_state_of_version_0_1_gets_a_folder_of_its_own()
    {
        var folder = Path.Combine(_root, "gateway-host-a");

        DataFolders.Create(Bootstrap(folder), _root);

        Assert.That(Directory.Exists(folder), Is.True);
    }

    private static BootstrapSpec Bootstrap(string dataDir) => new() { Role = MeshRole.Gateway, Node = "host-a", DataDir = dataDir };
}
