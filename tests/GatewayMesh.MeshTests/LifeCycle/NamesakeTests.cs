using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.LifeCycle;

/// <summary>Two nodes with the same name.</summary>
public sealed class NamesakeTests : MeshTest
{
    [TestCase(RegistryKind.Folder)]
    [TestCase(RegistryKind.Consul)]
    public async Task Two_nodes_of_one_name_are_reported_by_both_in_log_and_check(RegistryKind registry)
    {
        MeshNode[] gateways = [Mesh.AddGateway("gw-1"), Mesh.AddGateway("gw-2")];
        gateways[0].Start();
        gateways[1].Start("--node", "gw-1");

        foreach (var gateway in gateways)
        {
            await Eventually.Until(
                "the log names the other node",
                () => gateway.Process.Errors.Contains("\"node_name_taken\"", StringComparison.Ordinal),
                () => Task.FromResult(gateway.Process.Tail(20)));
            var (code, output, _) = await MeshProcess.RunAsync(Mesh.Environment, "check", "--admin", $"{gateway.Admin}");
            Assert.That(code, Is.EqualTo(1));
            Assert.That(output, Does.Contain("× node name: another node is also named gw-1"), $"{registry}");
            Assert.That(gateway.Process.Errors.Split("\"node_name_taken\"").Length - 1, Is.EqualTo(1), "one line, not one for each record");
        }
    }

    [Test]
    public async Task Second_gateway_on_one_data_directory_is_refused_with_the_first_process()
    {
        MeshNode[] gateways = [Mesh.AddGateway("gw-1"), Mesh.AddGateway("gw-2")];
        gateways[0].Start();
        await Eventually.Until("the first serves", gateways[0].IsReadyAsync);
        gateways[1].Start("--data-dir", Mesh.DataDir("gw-1"));

        Assert.That(await gateways[1].Process.ExitAsync(), Is.EqualTo(3));
        Assert.That(gateways[1].Process.Errors, Does.Contain($"process {gateways[0].Process.Pid}"));
    }
}
