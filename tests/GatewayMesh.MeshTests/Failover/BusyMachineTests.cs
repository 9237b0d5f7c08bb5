using System.Diagnostics;
using System.Globalization;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Failover;

/// <summary>A sidecar is started on a machine on which ten programs for each processor never rest.</summary>
public sealed class BusyMachineTests : MeshTest
{
    private const int ProgramsPerProcessor = 10;
    private Process? _load;

    [TearDown]
    public void EndLoad()
    {
        if (_load is not null)
        {
            ProcessTable.Signal(-_load.Id, ProcessTable.Kill);
            _load.WaitForExit();
            _load.Dispose();
        }
    }

    [Test]
    public async Task A_fresh_worker_on_a_machine_at_load_20_is_not_killed_as_hung_and_serves()
    {
        var payments = Mesh.AddBackend("payments");
        var outbound = FreePorts.Loopback();
        var node = Mesh.AddSidecar("host-a",
            $"""
            - name: payments
              port: {payments.Port}
              inbound: {FreePorts.Loopback()}
            - name: web
              port: {FreePorts.Next()}
              outbound: {outbound}
              clientIdentity: true
            """);
        StartLoad();

        node.Start();
        var ready = await node.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Lease: "leased" });
        await using (var requests = new Clients.PlainClient(outbound, "payments"))
        {
            await requests.UntilServedAsync(200);
        }

        Assert.That(_load!.HasExited, Is.False, "the load outlasts what is measured");
        var after = await node.StatusAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((after.Worker, after.Kills, after.Restarts), Is.EqualTo((ready.Worker, 0, ready.Restarts)), after.Json);
            Assert.That(node.Process.Errors.Split("\"worker-started\"").Length - 1, Is.EqualTo(1), "the first worker is the one that serves");
            Assert.That(node.Process.Errors, Does.Not.Contain("\"worker-killed\"").And.Not.Contain("\"worker-retired\"").And.Not.Contain("\"worker-ended\""));
        }
    }

    // One group of processes, which timeout(1) ends after a minute, whatever becomes of this test.
    private void StartLoad()
    {
        var programs = (ProgramsPerProcessor * Environment.ProcessorCount).ToString(CultureInfo.InvariantCulture);
        _load = Process.Start("timeout", ["-s", "KILL", "60", "sh", "-c", $"i=1; while [ $i -lt {programs} ]; do (while :; do :; done) & i=$((i+1)); done; while :; do :; done"]);
    }
}
