using System.Diagnostics;

namespace GatewayMesh.Linux.Tests;

public sealed class LockFileTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private string _folder = "";

    private string File => Path.Combine(_folder, "guard.lock");

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("gatewaymesh-lock-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_lock_is_taken_once_and_names_its_holder()
    {
        using var first = LockFile.TryTake(File, out _);
        var second = LockFile.TryTake(File, out var holder);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first, Is.Not.Null);
            Assert.That(second, Is.Null);
            Assert.That(holder, Is.EqualTo(Environment.ProcessId));
        }
    }

    [Test]
    public void A_released_lock_can_be_taken_again()
    {
        LockFile.TryTake(File, out _)!.Dispose();

        using var again = LockFile.TryTake(File, out _);

        Assert.That(again, Is.Not.Null);
    }

    [Test]
    public void A_lock_file_that_others_could_open_becomes_private()
    {
        System.IO.File.WriteAllText(File, "");
        System.IO.File.SetUnixFileMode(File, Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        using var held = LockFile.TryTake(File, out _);

        Assert.That(System.IO.File.GetUnixFileMode(File), Is.EqualTo(Private));
    }

    [Test]
    public void A_symbolic_link_in_place_of_a_lock_file_is_refused()
    {
        System.IO.File.CreateSymbolicLink(File, Path.Combine(_folder, "elsewhere"));

        Assert.That(() => LockFile.TryTake(File, out _), Throws.InstanceOf<LinuxException>());
    }

    // Runs as root, because another user is needed.
    [Test]
    public void A_lock_that_another_user_took_while_the_file_was_public_does_not_prevent_a_start()
    {
        System.IO.File.SetUnixFileMode(
            _folder,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        System.IO.File.WriteAllText(File, "");
        System.IO.File.SetUnixFileMode(File, Private | UnixFileMode.OtherRead);
        var start = new ProcessStartInfo(
            "setpriv",
            [
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "flock",
                "--exclusive",
                File,
                "-c",
                "echo held; read line"]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        using var stranger = Process.Start(start)!;
        try
        {
            Assert.That(stranger.StandardOutput.ReadLine(), Is.EqualTo("held"));

            using var taken = LockFile.TryTake(File, out _);

            Assert.That(taken, Is.Not.Null);
        }
        finally
        {
            stranger.StandardInput.Close();
            stranger.WaitForExit();
        }
    }
}
