using System.Diagnostics;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Registry;

/// <summary>A node with its data directory on a full disk: a small tmpfs, mounted by root.</summary>
public sealed class FullDiskTests : MeshTest
{
    [Test]
    public async Task Node_with_a_full_disk_serves_and_logs_the_start_and_the_end_of_the_fault()
    {
        var folder = Mesh.DataDir("host-a");
        Directory.CreateDirectory(folder);
        await MountAsync("mount", "-t", "tmpfs", "-o", "size=512k,mode=0700", "gatewaymesh-test", folder);
        try
        {
            var hosts = await TwoHosts.StartAsync(Mesh);
            await Mesh.UntilOnDiskAsync("host-a", "payments");
            await using var load = hosts.Load();
            await load.UntilServedAsync(100);
            var filler = Path.Combine(folder, "filler");
            Fill(filler);

            await Mesh.WritePolicyAsync("payments", "timeouts: { request: 7s }", "7s");
            await Eventually.Until("the full disk is logged", () => Lines(hosts.HostA, "snapshot_not_written").Length > 0);
            await Mesh.WritePolicyAsync("payments", "timeouts: { request: 8s }", "8s");
            await load.UntilServedAsync(200);
            var (code, check, _) = await MeshProcess.RunAsync(Mesh.Environment, "check", "--admin", $"{hosts.HostA.Admin}");

            var snapshot = Path.Combine(folder, "snapshot.json");
            var old = await File.ReadAllTextAsync(snapshot);
            File.Delete(filler);
            await Eventually.Until(
                "the recovery is logged",
                () => Lines(hosts.HostA, "configuration_accepted").Any(line => line.Contains("snapshot.json", StringComparison.Ordinal)));
            Assert.That(await File.ReadAllTextAsync(snapshot), Is.Not.EqualTo(old), "what could not be written is on the disk");
            await load.UntilServedAsync(100);
            var report = await load.StopAsync();
            using (Assert.EnterMultipleScope())
            {
                Assert.That(report.Failed, Is.Zero);
                Assert.That(code, Is.EqualTo(1), check);
                Assert.That(check, Does.Match(@"× data directory: .*snapshot\.json.*cannot be written \(.*No space left on device"));
                Assert.That(Lines(hosts.HostA, "snapshot_not_written"), Has.Length.EqualTo(1));
                Assert.That(Lines(hosts.HostA, "snapshot_not_written")[0], Does.Contain(snapshot).And.Contain("No space left on device"));
                Assert.That(Directory.GetFiles(folder, "*.tmp"), Is.Empty);
            }
        }
        finally
        {
            // Lazily: the node still has files open there.
            await MountAsync("umount", "-l", folder);
        }
    }

    private static string[] Lines(MeshNode node, string name) =>
        [.. node.Process.Errors.Split('\n').Where(line => line.Contains($"\"{name}\"", StringComparison.Ordinal))];

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        Assert.Throws<IOException>(() =>
        {
            var page = new byte[4096];
            for (var written = 0; written < 1024; written++)
            {
                file.Write(page);
            }
        }, "the disk is small");
    }

    private static async Task MountAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.That(
            process.ExitCode,
            Is.Zero,
            $"this test needs a small disk of its own, so it must run as root with CAP_SYS_ADMIN: {program}: {errors}");
    }
}
