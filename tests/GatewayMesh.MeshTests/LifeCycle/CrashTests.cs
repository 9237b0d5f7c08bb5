using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>Crashes of a worker, as logged for an operator with only the shipped file.</summary>
public sealed class CrashTests : MeshTest
{
    [TestCase("exception", "an unhandled exception")]
    [TestCase("memory", "AccessViolation")]
    [TestCase("fail-fast", "requests the end of this process")]
    public async Task Crash_of_a_worker_leaves_the_reason_and_a_stack_of_method_names_in_the_log(string kind, string reason)
    {
        var installation = new Installation(Path.Combine(Mesh.Folder, "installed"));
        var node = Mesh.AddSidecar("host-a", $"- name: web\n  port: {FreePorts.Next()}\n  outbound: {FreePorts.Loopback()}\n");
        node.Executable = installation.Executable;
        node.Variables["_GATEWAYMESH_CRASH"] = kind;

        node.Start();
        await Eventually.Until(
            "the guard logs the end",
            () => node.Process.Errors.Contains("worker-ended", StringComparison.Ordinal),
            () => Task.FromResult(node.Process.Errors));

        var log = node.Process.Errors.Split('\n');
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Directory.GetFiles(Path.GetDirectoryName(installation.Executable)!), Has.Length.EqualTo(1), "no symbols are there");
            Assert.That(log, Has.Some.Contains(reason));
            Assert.That(log, Has.Some.Match(@"^\s+at GatewayMesh\.Workers\.AskedCrash\.\w+\("));
            Assert.That(log, Has.Some.Contains("worker-ended").And.Contains("signal 6 (SIGABRT"));
        }
    }

    [TestCase(6, "signal 6 (SIGABRT")]
    [TestCase(7, "signal 7 (SIGBUS")]
    public async Task Worker_killed_by_a_signal_is_logged_with_the_signal_name_and_restarted(int signal, string text)
    {
        var node = Mesh.AddSidecar("host-a", $"- name: web\n  port: {FreePorts.Next()}\n  outbound: {FreePorts.Loopback()}\n");
        node.Start();
        var before = await node.UntilAsync("the worker serves", status => status.Lease == "leased");

        ProcessTable.Signal(before.Worker, signal);

        await node.UntilAsync(
            "another worker serves", status => status.Worker > 0 && status.Worker != before.Worker && status.Lease == "leased");
        Assert.That(
            node.Process.Errors.Split('\n'), Has.Some.Contains("worker-ended").And.Contains($"worker {before.Worker} ended: {text}"));
    }
}
