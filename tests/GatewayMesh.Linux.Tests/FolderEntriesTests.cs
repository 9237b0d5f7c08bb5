using System.Text;

namespace GatewayMesh.Linux.Tests;

/// <summary>Names of files that must survive a crash of the machine.</summary>
public sealed class FolderEntriesTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private string _root = "";

    [SetUp]
    public void MakeFolder() => _root = Directory.CreateTempSubdirectory("gatewaymesh-entries-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_root, recursive: true);

    [Test]
    public void A_written_file_is_synced_with_its_name_after_the_rename()
    {
        var path = Path.Combine(_root, "snapshot.json");
        var seen = new List<(string Folder, string Content)>();

        AtomicFile.Write(path, "new"u8, Private, group: null, folder => seen.Add((folder, File.ReadAllText(path, Encoding.ASCII))));

        Assert.That(seen, Is.EqualTo(new[] { (_root, "new") }));
    }

    [Test]
    public void A_name_that_cannot_be_synced_is_an_error_of_the_write()
    {
        var path = Path.Combine(_root, "snapshot.json");

        Assert.That(
            () => AtomicFile.Write(path, "new"u8, Private, group: null, static _ => throw new IOException("the disk failed")),
            Throws.InstanceOf<IOException>());
        Assert.That(Directory.GetFiles(_root).Select(Path.GetFileName), Is.EqualTo(new[] { "snapshot.json" }));
    }

    [Test]
    public void Each_created_folder_is_synced_in_its_parent()
    {
        var synced = new List<string>();
        var folder = Path.Combine(_root, "data", "keys");

        PrivateFolder.Create(folder, synced.Add);
        PrivateFolder.Create(folder, synced.Add);

        Assert.That(synced, Is.EqualTo(new[] { _root, Path.Combine(_root, "data") }));
    }

    [Test]
    public void A_folder_is_synced_and_a_missing_one_is_an_error()
    {
        Assert.That(() => FolderEntries.Sync(_root), Throws.Nothing);
        Assert.That(() => FolderEntries.Sync("/proc"), Throws.Nothing, "a file system that cannot sync a folder");
        Assert.That(() => FolderEntries.Sync(Path.Combine(_root, "missing")), Throws.InstanceOf<LinuxException>());
    }
}
