using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Failover;

/// <summary>A host that disappears while Consul is the registry.</summary>
internal sealed class NodeGoneWithConsulTests : MeshTest
{
    private protected override RegistryKind Registry => RegistryKind.Consul;

    [Test]
    public async Task A_host_that_disappears_is_logged_once_and_again_when_its_record_is_renewed()
    {
        var hosts = await TwoHosts.StartAsync(Mesh);

        var before = await hosts.HostB.StatusAsync();
        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        await Eventually.Until("host-a logs node_gone", () => Lines(hosts, "node_gone").Any());
        var status = await MeshProcess.RunAsync(Mesh.Environment, "status", "--admin", hosts.HostA.Admin.ToString());
        hosts.HostB.Start();
        await Eventually.Until("host-a logs node_back", () => Lines(hosts, "node_back").Any());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(status.Output, Does.Match("host-b .* gone "));
            Assert.That(Lines(hosts, "node_gone").Single(), Does.Contain("\"level\":\"warning\"").And.Contains("the node host-b is gone"));
            Assert.That(Lines(hosts, "node_back").Single(), Does.Contain("host-b"));
        }
    }

    private static IEnumerable<string> Lines(TwoHosts hosts, string name) =>
        hosts.HostA.Process.Errors.Split('\n').Where(line => line.Contains($"\"event\":\"{name}\"", StringComparison.Ordinal));
}
