using System.Text.Json;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Registry;

/// <summary>Content of a real Consul while nodes live, break and leave.</summary>
public sealed class RegistrationTests : MeshTest
{
    private protected override RegistryKind Registry => RegistryKind.Consul;

    [Test]
    public async Task Sidecar_is_critical_without_its_worker_passing_without_its_guard_and_critical_without_both()
    {
        EndsByItself = false;
        var hosts = await TwoHosts.StartAsync(Mesh);
        var consul = Mesh.Consul!;
        var before = await hosts.HostB.StatusAsync();
        Assert.That(await consul.LiveAsync("payments"), Is.EqualTo("passing"));

        // A second crash follows at once, so that no lease is granted for a while and the check can be observed.
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        await Eventually.Until("the check is critical", async () => await consul.LiveAsync("payments") == "critical");
        await hosts.HostB.UntilAsync(
            "a new worker serves", status => status.Worker > 0 && status.Worker != before.Worker && status.Lease == "leased");
        await Eventually.Until("the check is passing", async () => await consul.LiveAsync("payments") == "passing");

        var worker = (await hosts.HostB.StatusAsync()).Worker;
        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        await hosts.HostB.Process.ExitAsync();
        using (var longerThanItsTime = new CancellationTokenSource(TimeSpan.FromSeconds(12)))
        {
            while (!longerThanItsTime.IsCancellationRequested)
            {
                Assert.That(await consul.LiveAsync("payments"), Is.EqualTo("passing"), "the worker reports it by itself");
                await Task.Delay(100, CancellationToken.None);
            }
        }

        ProcessTable.Signal(worker, ProcessTable.Kill);
        await Eventually.Until("the check has expired", async () => await consul.LiveAsync("payments") == "critical");
    }

    [Test]
    public async Task Drained_or_ended_node_leaves_nothing_in_Consul_and_a_restarted_agent_has_all_others_again()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var consul = Mesh.Consul!;
        var all = new[] { "gatewaymesh-gateway-gw-1", "gatewaymesh-gateway-gw-2", "payments-host-b", "payments-host-b-sidecar-proxy" };
        Assert.That(await consul.RegisteredAsync(), Is.EquivalentTo(all));

        await consul.KillAsync();
        await consul.StartAgainAsync();
        await Eventually.Until(
            "every service is registered again",
            async () => all.All((await consul.RegisteredAsync()).Contains) && (await consul.NodesAsync()).Count == 4);

        await hosts.HostB.PostAsync("/drain");
        await Eventually.Until(
            "host-b has left",
            async () => !(await consul.RegisteredAsync()).Any(id => id.StartsWith("payments", StringComparison.Ordinal)));
        await Eventually.Until("the record is gone too", async () => !(await consul.NodesAsync()).Contains("host-b"));
        await hosts.HostB.PostAsync("/drain", """{"undo":true}""");
        await Eventually.Until("host-b is back", async () => await consul.LiveAsync("payments") == "passing");

        foreach (var node in Mesh.Nodes)
        {
            node.Process.Signal(ProcessTable.Terminate);
        }

        foreach (var node in Mesh.Nodes)
        {
            Assert.That(await node.Process.ExitAsync(), Is.Zero);
        }

        Assert.That(await consul.RegisteredAsync(), Is.Empty);
        Assert.That(await consul.NodesAsync(), Is.Empty);
    }

    [Test]
    public async Task Service_registered_by_its_user_gets_a_sidecar_by_its_id()
    {
        var consul = Mesh.Consul!;
        var inbound = FreePorts.Next();
        using var payments = Mesh.AddBackend("payments");
        var (admin, outbound, upstream) = (FreePorts.Loopback(), FreePorts.Loopback(), FreePorts.Next());
        var node = Mesh.Adopt("host-p", admin);
        await File.WriteAllTextAsync(node.ConfigFile, Mesh.Header("host-p", "sidecar", admin));
        var start = node.Start("--sidecar-for", "payments-1", "--set", $"sidecar.services.0.outbound={outbound}");
        await Eventually.Until(
            "the sidecar logs what it waits for",
            () => start.Errors.Contains("no sidecar is registered for the service id payments-1", StringComparison.Ordinal));

        _ = await consul.PutAsync("/v1/agent/service/register", JsonSerializer.Serialize(new
        {
            ID = "payments-1",
            Name = "payments",
            payments.Port,
            Connect = new
            {
                SidecarService = new
                {
                    Address = "127.0.0.1",
                    Port = inbound,
                    Checks = new[] { new { Name = "mine", TTL = "1h", Status = "passing" } },
                    Proxy = new
                    {
                        Config = new { protocol = "http" },
                        Upstreams = new[] { new { DestinationName = "payments", LocalBindPort = upstream } },
                    },
                },
            },
        }));
        var theirs = await consul.GetAsync("/v1/agent/service/payments-1-sidecar-proxy");
        await node.UntilAsync("the worker serves", status => status.Tier == "sidecar");
        await Eventually.Until("our check is passing", async () => await consul.LiveAsync("payments") == "passing");
        await Eventually.Until("payments calls itself through its upstream port", async () =>
        {
            using var connection = new Clients.PlainConnection(
                new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, upstream), "whatever.example");
            return await connection.GetAsync() == Clients.Outcome.Ok;
        });
        Assert.That(await consul.GetAsync("/v1/agent/service/payments-1-sidecar-proxy"), Is.EqualTo(theirs));

        node.Process.Signal(ProcessTable.Terminate);
        Assert.That(await node.Process.ExitAsync(), Is.Zero);
        Assert.That(await consul.RegisteredAsync(), Is.EquivalentTo(new[] { "payments-1", "payments-1-sidecar-proxy" }));
        Assert.That(
            (await consul.GetAsync("/v1/health/connect/payments?passing")).Trim(),
            Is.EqualTo("[]"),
            "in maintenance it gets no call");
    }
}
