using GatewayMesh.Client.Tests.Rig;
using GatewayMesh.Configuration.Tunnels;

namespace GatewayMesh.Client.Tests.Failover;

/// <summary>Where certainly nothing was processed, every request goes on elsewhere, whatever its method.</summary>
public sealed class NothingProcessedTests
{
    private const string NotForwarded = "Proxy-Status: gatewaymesh; error=connection_limit_reached; forwarded=?0\r\nRetry-After: 1\r\n";

    [TestCase("GET")]
    [TestCase("POST")]
    [TestCase("PATCH")]
    public async Task A_refused_connection_sends_any_request_to_a_gateway(string method)
    {
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(ScriptedServer.Nobody(), [gateway.Address]);

        using var answer = await client.SendAsync(method, method == "GET" ? null : new StringContent("body"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("by the gateway"));
            Assert.That(gateway.Executed.Single().Body, Is.EqualTo(method == "GET" ? "" : "body"));
            Assert.That(gateway.Executed.Single()["gatewaymesh-attempt"], Is.EqualTo("1"), "a refused connection is no attempt");
            Assert.That(gateway.Executed.Single()["Host"], Is.EqualTo("payments"));
            Assert.That(gateway.Hellos.Single(), Is.EqualTo(new TunnelHello("web", null, "host-a", gateway.Hellos.Single().Version)));
        }
    }

    [TestCase("POST")]
    [TestCase("GET")]
    public async Task An_answer_of_the_mesh_that_was_not_forwarded_sends_any_request_to_a_gateway(string method)
    {
        using var sidecar = ScriptedServer.Answering("busy", NotForwarded, "503 Service Unavailable");
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        using var answer = await client.SendAsync(method, method == "GET" ? null : new StringContent("body"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("by the gateway"));
            Assert.That(gateway.Executed.Single()["gatewaymesh-attempt"], Is.EqualTo("2"));
        }
    }

    [Test]
    public async Task A_kept_connection_that_was_closed_meanwhile_loses_no_post()
    {
        using var sidecar = new ScriptedServer(async (_, connection) =>
        {
            await connection.AnswerAsync("ok");
            connection.End();
        });
        using var client = new TestClient(sidecar.Address);

        for (var i = 0; i < 50; i++)
        {
            using var answer = await client.SendAsync("POST", new StringContent("body"));
            Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("ok"));
        }

        Assert.That(sidecar.Executed, Has.Count.EqualTo(50));
    }
}
