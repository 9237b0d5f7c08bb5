using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Failover;

/// <summary>Failures of the gateways themselves.</summary>
public sealed class GatewayFailureTests : MeshTest
{
    [Test]
    public async Task Without_worker_and_gateway_connections_are_refused_at_once_until_a_gateway_returns()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        await HoldTheWorkerDownAsync(hosts);
        foreach (var gateway in hosts.Gateways)
        {
            gateway.Process.Signal(ProcessTable.Kill);
        }

        await hosts.HostA.UntilAsync("no process serves", status => status.Tier == "none");
        await Eventually.Until("connections are refused", async () => (await hosts.GetAsync()).Outcome == Outcome.Refused);
        var outcomes = new List<Outcome>();
        for (var call = 0; call < 20; call++)
        {
            outcomes.Add((await hosts.GetAsync()).Outcome);
        }

        Assert.That(outcomes, Is.All.EqualTo(Outcome.Refused));

        hosts.Gateways[0].Start();
        await hosts.UntilServedAsync();
        Assert.That((await hosts.HostA.StatusAsync()).Tier, Is.EqualTo("gateway"));
    }

    [TestCase(RegistryKind.Folder)]
    [TestCase(RegistryKind.Consul)]
    public async Task With_one_of_two_gateways_dead_a_worker_crash_refuses_no_connection(RegistryKind registry)
    {
        var hosts = await TwoHosts.StartAsync(Mesh, registry: registry);
        hosts.Gateways[0].Process.Signal(ProcessTable.Kill);
        await HoldTheWorkerDownAsync(hosts);
        await using var load = hosts.Load();
        await load.UntilServedAsync(1000);
        var report = await load.StopAsync();
        var after = await hosts.HostA.StatusAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after.Tier, Is.EqualTo("gateway"), after.Json);
            Assert.That(report.Failed, Is.Zero);
        }
    }

    // Two crashes in a row: no further lease for half a minute.
    private static async Task HoldTheWorkerDownAsync(TwoHosts hosts)
    {
        for (var crash = 0; crash < 2; crash++)
        {
            var status = await hosts.HostA.UntilAsync("a worker runs", now => now.Worker > 0 && now.Lease == "leased");
            ProcessTable.Signal(status.Worker, ProcessTable.Kill);
            await hosts.HostA.UntilAsync("it is gone", now => now.Worker != status.Worker);
        }

        await hosts.HostA.UntilAsync("the gateways serve", now => now.Tier == "gateway");
    }
}
