using System.Text.Json;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>Shared stores in a reloaded bootstrap file: used without a restart, and shown by status, check, and log.</summary>
internal sealed class StoreReloadTests : MeshTest
{
    [Test]
    public async Task Stores_of_a_reloaded_file_are_used_by_the_running_worker()
    {
        using var redis = new RedisServer().Start();
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        var file = await File.ReadAllTextAsync(hosts.HostA.ConfigFile);

        async Task ReloadAsync(string stores)
        {
            await File.WriteAllTextAsync(hosts.HostA.ConfigFile, file + stores);
            hosts.HostA.Process.Signal(ProcessTable.Hangup);
        }

        await ReloadAsync($"stores: {{ rateLimits: '{redis.Uri.Replace("pass@", "wrong@", StringComparison.Ordinal)}' }}\n");
        await UntilAsync(hosts.HostA, "rateLimits:gone:the server refuses the user or password");
        var (code, check, _) = await MeshProcess.RunAsync(Mesh.Environment, "check", "--admin", $"{hosts.HostA.Admin}");
        await ReloadAsync($"stores: {{ rateLimits: '{redis.Uri}', idempotency: '{redis.Uri}/1' }}\n");
        await UntilAsync(hosts.HostA, "rateLimits:up:,idempotency:up:");
        redis.Kill();
        await UntilAsync(hosts.HostA, "rateLimits:gone:no connection,idempotency:gone:no connection");
        var (broken, checkBroken, _) = await MeshProcess.RunAsync(Mesh.Environment, "check", "--admin", $"{hosts.HostA.Admin}");
        redis.Start();
        await UntilAsync(hosts.HostA, "rateLimits:up:,idempotency:up:");
        await ReloadAsync("");
        await UntilAsync(hosts.HostA, "");

        var after = await hosts.HostA.StatusAsync();
        var log = hosts.HostA.Process.Errors;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after.Worker, Is.EqualTo(before.Worker), "the same worker");
            Assert.That(check, Does.Contain("stores.rateLimits").And.Contain("rate limits are divided over the nodes instead"));
            Assert.That(code, Is.Zero, check);
            Assert.That(checkBroken, Does.Contain("requests with an idempotency key are refused"));
            Assert.That(broken, Is.EqualTo(1), checkBroken);
            Assert.That(log, Does.Contain("store_lost").And.Contain("store_back"));
            Assert.That(log + check + checkBroken, Does.Not.Contain("s3cr"), "the password is never shown");
        }
    }

    private static Task UntilAsync(MeshNode node, string stores) => Eventually.Until(
        $"the stores are '{stores}'",
        async () => Stores(await node.GetAsync("/status")) == stores,
        async () => Stores(await node.GetAsync("/status")));

    private static string Stores(string status)
    {
        using var document = JsonDocument.Parse(status);
        return document.RootElement.TryGetProperty("stores", out var stores) && stores.ValueKind == JsonValueKind.Array
            ? string.Join(',', stores.EnumerateArray().Select(store =>
                $"{store.GetProperty("name")}:{store.GetProperty("state")}:{store.GetProperty("reason")}"))
            : "";
    }
}
