using System.Diagnostics;

namespace GatewayMesh.Linux.Tests;

internal sealed class RegularFileTests
{
    private string _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("gatewaymesh-").FullName;

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(5000)]
    public void A_file_is_read_whole_up_to_the_limit(int length)
    {
        var path = Path.Combine(_folder, "a");
        var content = Enumerable.Range(0, length).Select(number => (byte)number).ToArray();
        File.WriteAllBytes(path, content);
        Assert.That(RegularFile.ReadAllBytes(path, Math.Max(1, length)), Is.EqualTo(content));
    }

    [Test]
    public void A_file_over_the_limit_is_not_read()
    {
        var path = Path.Combine(_folder, "a");
        File.WriteAllBytes(path, new byte[1025]);
        Assert.That(
            () => RegularFile.ReadAllBytes(path, 1024),
            Throws.InstanceOf<FileTooLargeException>().With.Message.EqualTo($"{path} is larger than 1 KiB"));
    }

    [Test]
    public void A_file_without_a_length_is_read_up_to_the_limit()
    {
        Assert.That(RegularFile.ReadAllText("/proc/self/status", 64 * 1024), Does.Contain("Pid:"));
        Assert.That(() => RegularFile.ReadAllBytes("/proc/self/status", 16), Throws.InstanceOf<FileTooLargeException>());
    }

    [Test]
    [CancelAfter(60_000)]
    public void A_path_that_is_not_a_regular_file_is_refused_without_a_wait(CancellationToken cancellationToken)
    {
        var fifo = Path.Combine(_folder, "fifo");
        using (var made = Process.Start("mkfifo", [fifo]))
        {
            made.WaitForExit();
        }

        var link = Path.Combine(_folder, "link");
        _ = File.CreateSymbolicLink(link, fifo);
        Assert.That(
            () => RegularFile.ReadAllBytes(fifo, 1024),
            Throws.InstanceOf<NotRegularFileException>().With.Message.EqualTo($"{fifo} is a FIFO, not a regular file"));
        Assert.That(() => RegularFile.ReadAllBytes(link, 1024), Throws.InstanceOf<NotRegularFileException>());
        Assert.That(
            () => RegularFile.ReadAllBytes(_folder, 1024),
            Throws.InstanceOf<NotRegularFileException>().With.Message.EqualTo($"{_folder} is a folder, not a regular file"));
        Assert.That(
            () => RegularFile.ReadAllBytes("/dev/zero", 1024),
            Throws.InstanceOf<NotRegularFileException>().With.Message.EqualTo("/dev/zero is a device, not a regular file"));
        Assert.That(cancellationToken.IsCancellationRequested, Is.False);
    }

    [Test]
    public void A_missing_file_is_reported_as_missing()
    {
        Assert.That(() => RegularFile.ReadAllBytes(Path.Combine(_folder, "a"), 1), Throws.InstanceOf<FileNotFoundException>());
        Assert.That(() => RegularFile.ReadAllBytes(Path.Combine(_folder, "b", "a"), 1), Throws.InstanceOf<DirectoryNotFoundException>());
    }

    [Test]
    public void A_byte_order_mark_is_not_part_of_the_text()
    {
        var path = Path.Combine(_folder, "a");
        File.WriteAllBytes(path, [0xef, 0xbb, 0xbf, (byte)'x']);
        Assert.That(RegularFile.ReadAllText(path, 10), Is.EqualTo("x"));
    }
}
