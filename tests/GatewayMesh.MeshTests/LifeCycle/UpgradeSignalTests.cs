using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>Signals to a guard during an upgrade: none is lost, and none ends the guard without a drain.</summary>
public sealed class UpgradeSignalTests : MeshTest
{
    private const string Handover = "_GATEWAYMESH_HANDOVER=";

    [Test]
    public async Task Sigterm_at_any_moment_of_an_upgrade_drains_exits_with_0_and_leaves_no_process()
    {
        // Before, between and after the two programs. The last signals arrive when the kernel has just started the new program, before its
        // runtime is up.
        int?[] millisecondsAfterTheWorker = [0, 30, null, null];
        var nodes = await StartAsync(millisecondsAfterTheWorker.Length);

        var ends = await Task.WhenAll(nodes.Zip(millisecondsAfterTheWorker).Select(async pair =>
        {
            var (node, delay) = pair;
            await UpgradeAsync(node, delay);
            node.Process.Signal(ProcessTable.Terminate);
            return await node.Process.ExitAsync();
        }));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ends, Is.All.Zero);
            Assert.That(nodes.Select(node => node.Process.Errors), Is.All.Contains("\"guard_ended\""));
            Assert.That(Mesh.Processes(), Is.Empty);
            Assert.That(
                Directory.GetFiles(Path.Combine(Mesh.Registry, "nodes"), "*.yaml"), Is.Empty, "each node took itself out of the registry");
        }
    }

    [Test]
    public async Task Sigint_and_sighup_between_the_two_programs_of_an_upgrade_take_effect()
    {
        var nodes = await StartAsync(2);
        await Task.WhenAll(nodes.Select(node => UpgradeAsync(node, null)));
        nodes[0].Process.Signal(ProcessTable.Interrupt);
        nodes[1].Process.Signal(ProcessTable.Hangup);

        Assert.That(await nodes[0].Process.ExitAsync(), Is.Zero);
        Assert.That(nodes[0].Process.Errors, Does.Contain("\"guard_ended\""));
        await Eventually.Until(
            "the bootstrap is reloaded", () => nodes[1].Process.Errors.Contains("\"reloaded\"", StringComparison.Ordinal));
        await nodes[1].UntilUpgradedAsync();
    }

    [Test]
    public async Task Worker_starts_with_no_blocked_signal()
    {
        var node = (await StartAsync(1))[0];
        var status = await node.StatusAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ProcessTable.BlockedSignals(status.Worker), Is.Zero);
            Assert.That(
                ProcessTable.BlockedSignals(status.Guard),
                Is.EqualTo(Bit(ProcessTable.Hangup) | Bit(ProcessTable.Interrupt) | Bit(12) | Bit(ProcessTable.Terminate)));
        }
    }

    private static ulong Bit(int signal) => 1UL << (signal - 1);

    private async Task<List<MeshNode>> StartAsync(int count)
    {
        var nodes = Enumerable.Range(1, count).Select(number =>
            Mesh.AddSidecar(
                $"host-{number}", $"- name: app-{number}\n  port: {FreePorts.Next()}\n  inbound: {FreePorts.Loopback()}\n")).ToList();
        nodes.ForEach(node => node.Start());
        foreach (var node in nodes)
        {
            await node.UntilAsync("a worker serves", status => status is { Tier: "sidecar", Lease: "leased" });
        }

        return nodes;
    }

    // Until this time after the new worker serves, or (null) until /proc shows the new program.
    private static async Task UpgradeAsync(MeshNode node, int? delay)
    {
        await node.PostAsync("/upgrade");
        if (delay is { } milliseconds)
        {
            await Eventually.Until("the new worker serves", () => node.Process.Errors.Contains("\"upgraded\"", StringComparison.Ordinal));
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds));
        }
        else
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (!ProcessTable.HasVariable(node.Process.Pid, Handover))
            {
                Assert.That(limit.IsCancellationRequested, Is.False, $"{node.Name} did not become the new program");
                await Task.Delay(TimeSpan.FromMilliseconds(1), CancellationToken.None);
            }
        }
    }
}
