using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Failover;

/// <summary>
/// The caller's worker dies, hangs, starves or slows down under 500 GETs per second on 20 keep-alive connections of a plain client.
/// </summary>
public sealed class WorkerFailureTests : MeshTest
{
    [TestCase(RegistryKind.Folder)]
    [TestCase(RegistryKind.Consul)]
    public async Task Killed_worker_costs_at_most_the_open_connections_and_refuses_none(RegistryKind registry)
    {
        var hosts = await TwoHosts.StartAsync(Mesh, registry: registry);
        var before = await hosts.HostA.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(500);

        ProcessTable.Signal(before.Worker, ProcessTable.Kill);

        var after = await hosts.HostA.UntilAsync(
            "a new worker serves",
            status => status.Worker > 0 && status.Worker != before.Worker && status is { Lease: "leased", Tier: "sidecar" });
        await load.UntilServedAsync(500);
        var report = await load.StopAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Refused, Is.Zero);
            Assert.That(report.Lost, Is.LessThanOrEqualTo(PlainClient.Connections));
            Assert.That(report.ServerErrors + report.Other, Is.Zero);
            Assert.That(after.Guard, Is.EqualTo(before.Guard), "the guard is the same process");
            Assert.That(after.Kills, Is.Zero, "the guard itself killed no worker");
        }
    }

    [TestCase(RegistryKind.Folder)]
    [TestCase(RegistryKind.Consul)]
    public async Task Hung_worker_is_killed_and_costs_at_most_the_open_connections_and_refuses_none(RegistryKind registry)
    {
        var hosts = await TwoHosts.StartAsync(Mesh, registry: registry);
        var before = await hosts.HostA.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(500);

        ProcessTable.Signal(before.Worker, ProcessTable.Stop);

        var after = await hosts.HostA.UntilAsync(
            "a new worker serves",
            status => status.Worker > 0 && status.Worker != before.Worker && status is { Lease: "leased", Tier: "sidecar" });
        await load.UntilServedAsync(500);
        var report = await load.StopAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(report.Refused, Is.Zero);
            Assert.That(report.Lost, Is.LessThanOrEqualTo(PlainClient.Connections));
            Assert.That(report.ServerErrors + report.Other, Is.Zero);
            Assert.That(after.Kills, Is.EqualTo(1));
        }
    }

    [Test]
    public async Task Starved_machine_is_not_a_hung_worker()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(250);

        // The whole sidecar is stopped, as on a paused or starved machine.
        ProcessTable.Signal(before.Guard, ProcessTable.Stop);
        ProcessTable.Signal(before.Worker, ProcessTable.Stop);
        await Task.Delay(TimeSpan.FromSeconds(3));
        ProcessTable.Signal(before.Guard, ProcessTable.Continue);
        ProcessTable.Signal(before.Worker, ProcessTable.Continue);

        await load.UntilServedAsync(1000);
        var report = await load.StopAsync();
        var after = await hosts.HostA.StatusAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((after.Kills, after.Restarts, after.Worker), Is.EqualTo((0, before.Restarts, before.Worker)), after.Json);
            Assert.That(report.Failed, Is.Zero);
        }
    }

    [Test]
    public async Task A_slow_worker_is_neither_killed_nor_replaced()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(250);

        var tiers = new HashSet<string>();
        for (var round = 0; round < 60; round++)
        {
            ProcessTable.Signal(before.Worker, ProcessTable.Stop);
            await Task.Delay(TimeSpan.FromMilliseconds(50));
            ProcessTable.Signal(before.Worker, ProcessTable.Continue);
            await Task.Delay(TimeSpan.FromMilliseconds(50));
            tiers.Add((await hosts.HostA.TryStatusAsync())?.Tier ?? "no status");
        }

        await load.UntilServedAsync(500);
        var report = await load.StopAsync();
        var after = await hosts.HostA.StatusAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(tiers, Is.EqualTo(["sidecar"]));
            Assert.That((after.Kills, after.Leases, after.Worker), Is.EqualTo((0, before.Leases, before.Worker)), after.Json);
            Assert.That(report.Failed, Is.Zero);
        }
    }

    [Test]
    public async Task A_crash_loop_gets_at_most_one_lease_in_thirty_seconds()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        await using var load = hosts.Load();
        await load.UntilServedAsync(100);
        var status = await hosts.HostA.StatusAsync();
        for (var crash = 0; crash < 2; crash++)
        {
            var dead = status.Worker;
            ProcessTable.Signal(dead, ProcessTable.Kill);
            status = await hosts.HostA.UntilAsync(
                "another worker is there", now => now.Worker > 0 && now.Worker != dead && (crash == 1 || now.Lease == "leased"));
        }

        // For half a minute every worker that gets the lease is killed at once.
        var leases = status.Leases;
        using var halfMinute = new CancellationTokenSource(TimeSpan.FromSeconds(28));
        while (!halfMinute.IsCancellationRequested)
        {
            if (await hosts.HostA.TryStatusAsync() is { Lease: "leased", Worker: > 0 } leased)
            {
                ProcessTable.Signal(leased.Worker, ProcessTable.Kill);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        var after = await hosts.HostA.StatusAsync();
        var report = await load.StopAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after.Leases - leases, Is.LessThanOrEqualTo(1), after.Json);
            Assert.That(after.CarriedTotal, Is.Positive, "the gateways carried meanwhile");
            Assert.That(report.Refused, Is.Zero);
            Assert.That(
                report.Lost,
                Is.LessThanOrEqualTo(PlainClient.Connections * 3),
                "each of at most three crashes costs at most the open connections");
        }
    }
}
