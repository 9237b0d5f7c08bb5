using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>Drain, upgrade and adoption under load: no request fails.</summary>
public sealed class PlannedChangeTests : MeshTest
{
    [TestCase(RegistryKind.Folder)]
    [TestCase(RegistryKind.Consul)]
    public async Task Drain_and_undo_fail_no_request(RegistryKind registry)
    {
        var hosts = await TwoHosts.StartAsync(Mesh, registry: registry);
        await using var load = hosts.Load();
        await load.UntilServedAsync(500);

        await hosts.HostA.PostAsync("/drain");
        await hosts.HostA.UntilAsync("the gateways serve and the worker has ended", status => status is { Tier: "gateway", Worker: <= 0 });
        await load.UntilServedAsync(500);

        await hosts.HostA.PostAsync("/drain", """{"undo":true}""");
        await hosts.HostA.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Worker: > 0, Lease: "leased" });
        await load.UntilServedAsync(500);

        Assert.That((await load.StopAsync()).Failed, Is.Zero);
    }

    [TestCase(RegistryKind.Folder)]
    [TestCase(RegistryKind.Consul)]
    public async Task An_upgrade_fails_no_request(RegistryKind registry)
    {
        var hosts = await TwoHosts.StartAsync(Mesh, registry: registry);
        var before = await hosts.HostA.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(500);

        await hosts.HostA.PostAsync("/upgrade");

        var after = await hosts.HostA.UntilAsync(
            "a new worker serves",
            status => status.Worker > 0 && status.Worker != before.Worker && status is { Lease: "leased", Tier: "sidecar" });
        await Eventually.Until("the old worker has ended", () => ProcessTable.State(before.Worker) is null or 'Z');
        await load.UntilServedAsync(500);
        var report = await load.StopAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Failed, Is.Zero);
            Assert.That(after.Guard, Is.EqualTo(before.Guard), "the binary was replaced in place");
        }
    }

    [Test]
    public async Task New_guard_adopts_the_worker_of_a_dead_guard_and_fails_no_request()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(500);

        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        await hosts.HostA.Process.ExitAsync();
        await load.UntilServedAsync(500);

        var guard = hosts.HostA.Start();
        var after = await hosts.HostA.UntilAsync(
            "the new guard watches the old worker", status => status.Guard == guard.Pid && status.Lease == "leased");
        await load.UntilServedAsync(500);
        var report = await load.StopAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after.Worker, Is.EqualTo(before.Worker));
            Assert.That(report.Failed, Is.Zero);
        }
    }

    [Test]
    public async Task An_adopted_worker_is_still_guarded()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        await hosts.HostA.Process.ExitAsync();
        var guard = hosts.HostA.Start();
        await hosts.HostA.UntilAsync("adopted", status => status.Guard == guard.Pid && status.Lease == "leased");

        ProcessTable.Signal(before.Worker, ProcessTable.Kill);

        await hosts.HostA.UntilAsync(
            "a new worker serves", status => status.Worker > 0 && status.Worker != before.Worker && status.Lease == "leased");
        await hosts.UntilServedAsync();
    }

    [Test]
    public async Task Sigterm_exits_every_role_with_0_and_leaves_no_process()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        foreach (var node in Mesh.Nodes)
        {
            node.Process.Signal(ProcessTable.Terminate);
        }

        var codes = new List<int>();
        foreach (var node in Mesh.Nodes)
        {
            codes.Add(await node.Process.ExitAsync());
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(codes, Is.All.Zero);
            Assert.That(Mesh.Processes(), Is.Empty);
            Assert.That(
                Directory.GetFiles(Path.Combine(Mesh.Registry, "nodes"), "*.yaml"), Is.Empty, "each node took itself out of the registry");
            Assert.That(hosts.Payments.Executions, Is.Positive);
        }
    }

    [Test]
    public async Task A_cold_start_without_a_registry_serves_from_the_snapshot_on_disk()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        await Mesh.UntilOnDiskAsync("host-a", "payments");
        Directory.Move(Mesh.Registry, Mesh.Registry + ".gone");
        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        await hosts.HostA.Process.ExitAsync();

        hosts.HostA.Start();

        await hosts.HostA.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Lease: "leased" });
        await hosts.UntilServedAsync();
    }
}
