using System.Diagnostics;
using System.Globalization;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Failover;

/// <summary>A worker starts on a processor with twenty competing busy processes.</summary>
public sealed class BusyMachineTests : MeshTest
{
    private const int Programs = 20;
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
    public async Task New_worker_on_a_machine_at_load_20_is_not_killed_and_serves()
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
        node.Start();
        var before = await node.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Lease: "leased" });
        await using var requests = new PlainClient(outbound, "payments");
        await requests.UntilServedAsync(100);

        // A dedicated processor, so that the load is the same on every machine. The next worker inherits the affinity.
        using var pinned = Process.Start(
            "taskset", ["--all-tasks", "--pid", "--cpu-list", "0", before.Guard.ToString(CultureInfo.InvariantCulture)]);
        await pinned.WaitForExitAsync();
        Assert.That(pinned.ExitCode, Is.Zero);
        StartLoad();
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);

        var ready = await node.UntilAsync(
            "another worker serves",
            status => status.Worker > 0 && status.Worker != before.Worker && status is { Tier: "sidecar", Lease: "leased" });
        await requests.UntilServedAsync(100);
        Assert.That(_load!.HasExited, Is.False, "the load outlasts what is measured");
        var after = await node.StatusAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That((after.Worker, after.Kills), Is.EqualTo((ready.Worker, 0)), after.Json);
            Assert.That(
                after.Restarts, Is.EqualTo(before.Restarts + 1), "the first worker that was started under load is the one that serves");
            Assert.That(node.Process.Errors, Does.Not.Contain("\"worker-killed\"").And.Not.Contain("\"worker-retired\""));
        }
    }

    // One process group, ended by timeout(1) after 100 s even if this test dies.
    private void StartLoad()
    {
        var script = string.Create(
            CultureInfo.InvariantCulture,
            $"i=1; while [ $i -lt {Programs} ]; do (while :; do :; done) & i=$((i+1)); done; while :; do :; done");
        _load = Process.Start("taskset", ["--cpu-list", "0", "timeout", "-s", "KILL", "100", "sh", "-c", script]);
    }
}
