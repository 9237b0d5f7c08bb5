using System.Net;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Client;

/// <summary>
/// Requests with the client library during each fault: no GET fails, and no POST is executed twice. POSTs without a key may fail while in
/// flight.
/// </summary>
internal abstract class LossTest : MeshTest
{
    /// <summary>True if POSTs have an idempotency key, which the callee's sidecar runs once.</summary>
    protected abstract bool HasKeys { get; }

    [Test]
    public Task Client_loses_nothing_when_the_worker_is_killed() => RunAsync(async hosts =>
    {
        var before = await hosts.HostA.StatusAsync();
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        await UntilAnotherWorkerServesAsync(hosts, before);
    });

    [Test]
    public Task Client_loses_nothing_when_the_worker_hangs() => RunAsync(async hosts =>
    {
        var before = await hosts.HostA.StatusAsync();
        ProcessTable.Signal(before.Worker, ProcessTable.Stop);
        await UntilAnotherWorkerServesAsync(hosts, before);
    });

    [Test]
    public Task Client_loses_nothing_when_guard_and_worker_hang() => RunAsync(async hosts =>
    {
        var before = await hosts.HostA.StatusAsync();
        ProcessTable.Signal(before.Guard, ProcessTable.Stop);
        ProcessTable.Signal(before.Worker, ProcessTable.Stop);
        await Task.Delay(TimeSpan.FromSeconds(3));
        ProcessTable.Signal(before.Guard, ProcessTable.Continue);
        ProcessTable.Signal(before.Worker, ProcessTable.Continue);
    });

    [Test]
    public Task Client_loses_nothing_in_a_crash_loop() => RunAsync(async (hosts, load) =>
    {
        while (load.Gets.Ok + load.Gets.Failed < load.Gets.Total - 500)
        {
            if (await hosts.HostA.TryStatusAsync() is { Lease: "leased", Worker: > 0 } leased)
            {
                ProcessTable.Signal(leased.Worker, ProcessTable.Kill);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    });

    [Test]
    public Task Client_loses_nothing_in_a_drain_and_its_undo() => RunAsync(async (hosts, load) =>
    {
        await hosts.HostA.PostAsync("/drain");
        await hosts.HostA.UntilAsync("the gateways serve and the worker has ended", status => status is { Tier: "gateway", Worker: <= 0 });
        await load.UntilServedAsync(1000);
        await hosts.HostA.PostAsync("/drain", """{"undo":true}""");
        await hosts.HostA.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Worker: > 0, Lease: "leased" });
    });

    [Test]
    public Task Client_loses_nothing_in_an_upgrade() => RunAsync(async hosts =>
    {
        var before = await hosts.HostA.StatusAsync();
        await hosts.HostA.PostAsync("/upgrade");
        await UntilAnotherWorkerServesAsync(hosts, before);
    });

    [Test]
    public Task Client_loses_nothing_when_guard_and_worker_die_and_returns_to_the_sidecar() => RunAsync(async (hosts, load) =>
    {
        await KillGuardAndWorkerAsync(hosts);
        await load.UntilServedAsync(2000);
        Assert.That(load.Failovers.Keys, Has.Some.StartsWith("sidecar→gateway"));

        hosts.HostA.Start();
        await hosts.HostA.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Lease: "leased" });
    });

    [Test]
    public Task Client_loses_nothing_when_the_carrying_gateway_dies() => RunAsync(async (hosts, load) =>
    {
        EndsByItself = false;
        await KillGuardAndWorkerAsync(hosts);
        await load.UntilServedAsync(1000);
        var carrying = hosts.Gateways[0];
        carrying.Process.Signal(ProcessTable.Kill);
        await load.UntilServedAsync(1000);
        carrying.Start();
        await Eventually.Until("the gateway is back", carrying.IsReadyAsync);
        await load.UntilServedAsync(1000);
        hosts.Gateways[1].Process.Signal(ProcessTable.Kill);
    });

    [TestCase(RegistryKind.Folder)]
    [TestCase(RegistryKind.Consul)]
    public Task Client_loses_nothing_without_the_registry(RegistryKind registry) => RunAsync(async _ => await TakeAwayAsync(registry));

    [TestCase(RegistryKind.Folder)]
    [TestCase(RegistryKind.Consul)]
    public Task Client_loses_nothing_when_a_node_restarts_without_its_registry(RegistryKind registry) => RunAsync(async hosts =>
    {
        await Mesh.UntilOnDiskAsync("host-a", "payments");
        await TakeAwayAsync(registry);
        await KillGuardAndWorkerAsync(hosts);
        hosts.HostA.Start();
        await hosts.HostA.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Lease: "leased" });
    });

    [Test]
    public Task Http_2_client_loses_nothing_when_the_worker_and_then_guard_and_worker_are_killed() => RunAsync(async (hosts, load) =>
    {
        var before = await hosts.HostA.StatusAsync();
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        await UntilAnotherWorkerServesAsync(hosts, before);
        await KillGuardAndWorkerAsync(hosts);
        await load.UntilServedAsync(1000);
        hosts.HostA.Start();
        await hosts.HostA.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Lease: "leased" });
    }, HttpVersion.Version20);

    private async Task TakeAwayAsync(RegistryKind registry)
    {
        if (registry == RegistryKind.Consul)
        {
            await Mesh.Consul!.KillAsync();
        }
        else
        {
            Directory.Move(Mesh.Registry, Mesh.Registry + ".gone");
        }
    }

    private static async Task KillGuardAndWorkerAsync(TwoHosts hosts)
    {
        var before = await hosts.HostA.StatusAsync();
        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        await hosts.HostA.Process.ExitAsync();
    }

    private static Task<NodeStatus> UntilAnotherWorkerServesAsync(TwoHosts hosts, NodeStatus before) =>
        hosts.HostA.UntilAsync(
            "a new worker serves",
            status => status.Worker > 0 && status.Worker != before.Worker && status is { Lease: "leased", Tier: "sidecar" });

    private Task RunAsync(Func<TwoHosts, Task> fault) => RunAsync((hosts, _) => fault(hosts));

    private async Task RunAsync(Func<TwoHosts, ClientLoad, Task> fault, Version? version = null)
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        if (HasKeys)
        {
            await Mesh.WritePolicyAsync("payments", "idempotency: { enabled: true, ttl: 3h }", "3h");
        }

        await using var load = new ClientLoad(hosts, Mesh, version, HasKeys);
        await load.UntilServedAsync(load.Gets.Total / 5);

        await fault(hosts, load);

        await load.EndAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((load.Gets.Ok, load.Gets.Failed), Is.EqualTo((load.Gets.Total, 0)), load.Report);
            Assert.That(
                hosts.Payments.Works.Where(
                    work => work.Key.StartsWith("POST", StringComparison.Ordinal)
                        && work.Value > 1).Select(work => $"{work.Key}: {work.Value} times"),
                Is.Empty);
            Assert.That(load.Posts.Ok + load.Posts.Failed, Is.EqualTo(load.Posts.Total));
            Assert.That(
                hosts.Payments.Works.Keys.Count(work => work.StartsWith("POST", StringComparison.Ordinal)),
                Is.GreaterThanOrEqualTo(load.Posts.Ok),
                "what was answered was executed");
            Assert.That(load.Posts.Failed, Is.LessThan(HasKeys ? 1 : load.Posts.Total / 10), load.Report);
        }
    }
}
