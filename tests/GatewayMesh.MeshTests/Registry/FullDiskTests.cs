using System.Diagnostics;
using System.Net;
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

    [Test]
    public async Task A_full_disk_refuses_requests_with_a_key_and_harms_no_other()
    {
        var folder = Mesh.DataDir("host-b");
        Directory.CreateDirectory(folder);
        await MountAsync("mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "gatewaymesh-test", folder);
        try
        {
            var hosts = await TwoHosts.StartAsync(Mesh);
            await Mesh.WritePolicyAsync("payments", "idempotency: { enabled: true }\ntimeouts: { request: 7s }", "7s");
            using var client = new HttpClient { BaseAddress = new Uri($"http://{hosts.Outbound}") };
            await Eventually.Until("the callee keeps keys", async () => await PostAsync(client, "before") == (HttpStatusCode.OK, true));
            await using var load = hosts.Load();
            var filler = Path.Combine(folder, "filler");
            Fill(filler);

            // The last page of the log still has room for some records.
            var number = 0;
            await Eventually.Until("the disk is full for keys, too", async () =>
                (await PostAsync(client, $"fill-{++number}")).Status == HttpStatusCode.ServiceUnavailable);
            for (var i = 0; i < 20; i++)
            {
                Assert.That((await PostAsync(client, $"full-{i}")).Status, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            }

            Assert.That(await PostAsync(client, "before"), Is.EqualTo((HttpStatusCode.OK, true)), "kept responses can be read");
            Assert.That(await PostAsync(client, null), Is.EqualTo((HttpStatusCode.OK, false)), "a POST without a key");
            await load.UntilServedAsync(200);
            Assert.That(hosts.Payments.Works.Keys.Where(work => work.StartsWith("full-", StringComparison.Ordinal)), Is.Empty);

            File.Delete(filler);
            await Eventually.Until("keys are claimed again", async () => (await PostAsync(client, "full-0")).Status == HttpStatusCode.OK);
            Assert.That(await PostAsync(client, "full-0"), Is.EqualTo((HttpStatusCode.OK, true)));
            Assert.That((await load.StopAsync()).Failed, Is.Zero);
            Assert.That(hosts.Payments.Works.Where(work => work.Value > 1), Is.Empty);
        }
        finally
        {
            await MountAsync("umount", "-l", folder);
        }
    }

    private static async Task<(HttpStatusCode Status, bool IsReplayed)> PostAsync(HttpClient client, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/pay") { Content = new ByteArrayContent([1, 2, 3]) };
        request.Headers.Host = "payments";
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
            request.Headers.Add("X-Work", key);
        }

        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, answer.Headers.Contains("Idempotency-Replayed"));
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
