using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Failover;

/// <summary>One event loop of the caller's worker stops while the other loops serve.</summary>
public sealed class StalledLoopTests : MeshTest
{
    [TestCase("mesh-loop-0")]
    [TestCase("mesh-loop-1")]
    public async Task Worker_with_one_stalled_loop_is_killed_and_replaced_and_refuses_no_request(string thread)
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(500);

        await using var stopped = await StoppedThread.StartAsync(before.Worker, thread);

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
            Assert.That(hosts.HostA.Process.Errors.Split('\n'), Has.One.Contains("worker-killed").And.Contains(thread));
        }
    }

    [Test]
    public async Task Worker_with_a_loop_that_pauses_for_200_ms_again_and_again_is_not_killed()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);
        var before = await hosts.HostA.StatusAsync();
        await using var load = hosts.Load();
        await load.UntilServedAsync(250);

        await using (await StoppedThread.StartAsync(before.Worker, "mesh-loop-0", pause: 200))
        {
            await Task.Delay(TimeSpan.FromSeconds(8)); // three times as long as the guard needs for a stalled loop
        }

        await load.UntilServedAsync(500);
        var report = await load.StopAsync();
        var after = await hosts.HostA.StatusAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((after.Kills, after.Worker), Is.EqualTo((0, before.Worker)), after.Json);
            Assert.That(report.Failed, Is.Zero);
        }
    }
}
