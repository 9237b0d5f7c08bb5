using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Failover;

/// <summary>Reports about applications, instances and hosts that are down.</summary>
public sealed class TroubleTests : MeshTest
{
    [Test]
    public async Task Dead_application_and_lost_host_are_logged_once_by_name_and_once_on_return()
    {
        var hosts = await TwoHosts.StartAsync(Mesh, "  health: { tcp: true, interval: 200ms, timeout: 1s }");

        var port = hosts.Payments.Port;
        hosts.Payments.Dispose();
        await Eventually.Until(
            "host-b logs that its application is down",
            () => hosts.HostB.Process.Errors.Contains("\"event\":\"application_down\"", StringComparison.Ordinal));
        await hosts.HostB.UntilAsync(
            "its status has the trouble", status => status.Json.Contains("\"application_down\"", StringComparison.Ordinal));
        var check = await MeshProcess.RunAsync(Mesh.Environment, "check", "--admin", hosts.HostB.Admin.ToString());
        var status = await MeshProcess.RunAsync(Mesh.Environment, "status", "--admin", hosts.HostB.Admin.ToString());
        Assert.That(check.ExitCode, Is.EqualTo(1));
        Assert.That(
            check.Output,
            Does.Match($"× application payments-host-b: 127.0.0.1:{port} has not served for .*connection refused → start the application"));
        Assert.That(status.Output, Does.Match("application_down +payments +payments-host-b +host-b"));

        var before = await hosts.HostB.StatusAsync();
        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        await Eventually.Until("host-a logs that the instance is ejected", async () =>
        {
            await hosts.GetAsync();
            return hosts.HostA.Process.Errors.Contains("\"event\":\"instance_ejected\"", StringComparison.Ordinal);
        });
        await Eventually.Until(
            "host-a logs that the host is gone",
            () => hosts.HostA.Process.Errors.Contains("\"event\":\"node_gone\"", StringComparison.Ordinal));
        hosts.HostB.Start();
        await Eventually.Until(
            "host-a logs that the host is back",
            () => hosts.HostA.Process.Errors.Contains("\"event\":\"node_back\"", StringComparison.Ordinal));

        var lines = hosts.HostA.Process.Errors.Split('\n');
        Assert.That(lines.Count(line => line.Contains("\"event\":\"node_gone\"", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(
            lines.Single(line => line.Contains("\"event\":\"node_gone\"", StringComparison.Ordinal)),
            Does.Contain("\"level\":\"warning\"").And.Contains("the node host-b is gone"));
        Assert.That(
            lines.First(line => line.Contains("\"event\":\"instance_ejected\"", StringComparison.Ordinal)),
            Does.Contain("payments-host-b"));
    }
}
