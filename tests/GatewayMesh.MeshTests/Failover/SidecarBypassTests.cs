using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Failover;

/// <summary>
/// Death of the callee's guard and worker: with <c>sidecarBypass: gateway</c> its application is still called through a gateway.
/// </summary>
public sealed class SidecarBypassTests : MeshTest
{
    [TestCase(RegistryKind.Folder)]
    [TestCase(RegistryKind.Consul)]
    public async Task Callee_with_a_dead_sidecar_is_served_by_a_gateway_until_its_sidecar_returns(RegistryKind registry)
    {
        var hosts = await TwoHosts.StartAsync(Mesh, registry: registry);
        await Mesh.WritePolicyAsync("payments", "sidecarBypass: gateway", "\"sidecarBypass\": \"Gateway\"");
        var before = await hosts.HostB.StatusAsync();
        ProcessTable.Signal(before.Guard, ProcessTable.Kill);
        ProcessTable.Signal(before.Worker, ProcessTable.Kill);
        var executed = hosts.Payments.Executions;

        // Every request, from the first: the sidecar's refused connections are safe to replay.
        var outcomes = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            var (_, answer) = await hosts.GetAsync();
            outcomes.Add(answer.Split("\r\n")[0]);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(outcomes, Is.All.EqualTo("HTTP/1.1 200 OK"));
            Assert.That(hosts.Payments.Executions - executed, Is.EqualTo(50));
        }

        hosts.HostB.Start();
        await Eventually.Until(
            "the sidecar serves again",
            async () => (await hosts.GetAsync()).Answer.Contains("1.1 host-b-sidecar", StringComparison.Ordinal),
            () => Task.FromResult(Mesh.Logs(20)));
    }
}
