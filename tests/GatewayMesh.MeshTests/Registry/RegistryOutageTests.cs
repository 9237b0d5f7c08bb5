using System.Diagnostics;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Registry;

/// <summary>Reports to an operator while the registry is down, partly unreadable, or poisoned.</summary>
public sealed class RegistryOutageTests : MeshTest
{
    [Test]
    public async Task Lost_and_returned_folder_is_logged_once_each_on_every_role_and_status_and_check_show_the_age()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var edge = Mesh.Add("edge", "ingress", $"ingress:\n  listeners: [ {{ port: {FreePorts.Next()}, address: 127.0.0.1 }} ]\n");
        var alone = Mesh.AddSidecar("host-c", $"- name: alone\n  port: {FreePorts.Next()}\n  inbound: {FreePorts.Loopback()}\n");
        edge.Start();
        alone.Start("--no-guard");
        await Eventually.Until("the ingress is ready", edge.IsReadyAsync);
        await Eventually.Until("the sidecar without a guard is ready", alone.IsReadyAsync);
        await Eventually.Until(
            "host-a has read its own record",
            async () => (
                await RunAsync("status", "--admin", hosts.HostA.Admin.ToString())).Text.Contains("host-a ", StringComparison.Ordinal));
        var away = Mesh.Registry + ".away";
        Directory.Move(Mesh.Registry, away);

        foreach (var node in Mesh.Nodes)
        {
            await node.UntilAsync(
                "status is stale and shows the age",
                status => status.Registry is { Reached: false, AgeSeconds: not null });
            await Eventually.Until("the loss is logged", () => node.Process.Errors.Contains("\"registry_lost\"", StringComparison.Ordinal));
        }

        var (code, check) = await RunAsync("check", "--admin", hosts.HostA.Admin.ToString());
        var (_, status) = await RunAsync("status", "--admin", hosts.HostA.Admin.ToString());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(code, Is.EqualTo(1), check);
            Assert.That(check, Does.Match(@"× registry: STALE: file is unreachable, last heard \d+ s ago"));
            Assert.That(status, Does.Match(@"^STALE: file .* last heard \d+ s ago"));
            Assert.That(status, Does.Match(@"host-a .*STALE"));
        }

        foreach (var node in new[] { edge, alone })
        {
            var (failed, findings) = await RunAsync("check", "--admin", node.Admin.ToString());
            var (_, shown) = await RunAsync("status", "--admin", node.Admin.ToString());
            using (Assert.EnterMultipleScope())
            {
                Assert.That(failed, Is.EqualTo(1), findings);
                Assert.That(findings, Does.Match(@"× registry: STALE: file is unreachable, last heard \d+ s ago"), node.Name);
                Assert.That(shown, Does.Match(@"^STALE: file .* last heard \d+ s ago"), node.Name);
            }
        }

        Directory.Move(away, Mesh.Registry);
        foreach (var node in Mesh.Nodes)
        {
            await node.UntilAsync(
                "the node is in sync again", status => status.Registry is { Reached: true } && status.RegistryErrors == "[]");
            await Eventually.Until(
                "the return is logged", () => node.Process.Errors.Contains("\"registry_recovered\"", StringComparison.Ordinal));
            Assert.That(Count(node.Process.Errors, "\"registry_lost\""), Is.EqualTo(1), node.Name);
        }
    }

    [Test]
    public async Task Fifo_in_the_folder_is_logged_once_and_changes_still_apply()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var fifo = Path.Combine(Mesh.Registry, "a.yaml");
        using (var made = Process.Start("mkfifo", [fifo]))
        {
            await made.WaitForExitAsync();
        }

        await Mesh.WritePolicyAsync("payments", "timeouts: { request: 7s }", "7s");
        foreach (var node in Mesh.Nodes)
        {
            await Eventually.Until(
                "it is logged", () => node.Process.Errors.Contains("a.yaml: is a FIFO, not a regular file", StringComparison.Ordinal));
            Assert.That(Count(node.Process.Errors, "is a FIFO"), Is.EqualTo(1), node.Name);
        }

        var (code, text) = await RunAsync("validate", Mesh.Registry);
        Assert.That(code, Is.EqualTo(2), text);
        Assert.That(text, Does.Contain($"{fifo}: is a FIFO, not a regular file"));
        Assert.That((await hosts.HostA.StatusAsync()).Tier, Is.EqualTo("sidecar"));
    }

    [Test]
    public async Task Value_with_forty_thousand_errors_is_one_line_per_node_and_kills_no_worker()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(200);

        await File.WriteAllLinesAsync(
            Path.Combine(Mesh.Registry, "poison.yaml"),
            Enumerable.Range(0, 40_000).Select(number => $"k{number}: 1").Prepend("kind: service-policy\nname: web"));
        foreach (var node in Mesh.Nodes)
        {
            await Eventually.Until(
                "the refusal is logged", () => node.Process.Errors.Contains("\"configuration_refused\"", StringComparison.Ordinal));
        }

        await load.UntilServedAsync(500);
        Assert.That((await load.StopAsync()).Failed, Is.Zero);
        var after = await hosts.HostA.StatusAsync();
        Assert.That((after.Guard, after.Worker, after.Leases), Is.EqualTo((before.Guard, before.Worker, before.Leases)));
        foreach (var node in Mesh.Nodes)
        {
            Assert.That(Count(node.Process.Errors, "\"configuration_refused\""), Is.EqualTo(1), node.Name);
            Assert.That((await node.GetAsync("/status")).Length, Is.LessThan(200_000), node.Name);
        }
    }

    private static int Count(string text, string word) => text.Split(word).Length - 1;

    private async Task<(int Code, string Text)> RunAsync(params string[] arguments)
    {
        var (code, output, _) = await MeshProcess.RunAsync(Mesh.Environment, arguments);
        return (code, output);
    }
}
