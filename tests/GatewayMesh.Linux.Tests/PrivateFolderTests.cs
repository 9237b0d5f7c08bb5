namespace GatewayMesh.Linux.Tests;

public sealed class PrivateFolderTests
{
    private string _root = "";

    [SetUp]
    public void MakeFolder() => _root = Directory.CreateTempSubdirectory("gatewaymesh-private-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Every_created_parent_folder_is_private()
    {
        var folder = Path.Combine(_root, "data", "certificates");

        PrivateFolder.Create(folder);

        Assert.That(new[] { Path.Combine(_root, "data"), folder }.Select(File.GetUnixFileMode), Is.All.EqualTo(PrivateFolder.Mode));
    }

    [Test]
    public void The_target_of_a_link_is_unchanged()
    {
        var target = Path.Combine(_root, "target");
        File.WriteAllText(target, "");
        File.SetUnixFileMode(target, PrivateFolder.Mode | UnixFileMode.OtherRead);
        var folder = Directory.CreateDirectory(Path.Combine(_root, "data")).FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "link"), target);

        PrivateFolder.Narrow(folder);

        Assert.That(File.GetUnixFileMode(target), Is.EqualTo(PrivateFolder.Mode | UnixFileMode.OtherRead));
    }
}
