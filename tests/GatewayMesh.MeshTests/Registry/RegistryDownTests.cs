using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Registry;

/// <summary>Consul outages under load: everything keeps serving.</summary>
public sealed class RegistryDownTests : MeshTest
{
    private protected override RegistryKind Registry => RegistryKind.Consul;

    [Test]
    public async Task Agent_that_hangs_dies_and_restarts_empty_fails_no_request()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var consul = Mesh.Consul!;
        await using var load = hosts.Load();
        await load.UntilServedAsync(500);

        await consul.PauseAsync();
        await load.UntilServedAsync(1000);
        await consul.KillAsync();
        await load.UntilServedAsync(1000);

        await consul.StartAgainAsync();
        await Eventually.Until("payments is registered again", async () => await consul.LiveAsync("payments") == "passing");
        await hosts.HostA.UntilAsync("the registry answers again", status => status.RegistryErrors == "[]");
        await load.UntilServedAsync(2000);

        Assert.That((await load.StopAsync()).Failed, Is.Zero);
    }

    [Test]
    public async Task Node_started_during_a_registry_outage_serves_from_the_snapshot_on_disk()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        await Mesh.UntilOnDiskAsync("host-a", "payments");
        await Mesh.Consul!.KillAsync();
        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        await hosts.HostA.Process.ExitAsync();

        hosts.HostA.Start();
        await hosts.HostA.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Lease: "leased" });
        await hosts.UntilServedAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(1000);

        await Mesh.Consul.StartAgainAsync();
        await hosts.HostA.UntilAsync("the registry answers again", status => status.RegistryErrors == "[]");
        await load.UntilServedAsync(1000);
        Assert.That((await load.StopAsync()).Failed, Is.Zero);
    }
}
