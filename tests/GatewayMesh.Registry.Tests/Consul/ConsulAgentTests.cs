using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Registry.Tests.Consul;

/// <summary>Assumptions of the other tests about the real agents that they start.</summary>
public sealed class ConsulAgentTests
{
    private const string Web = """{"ID":"web-1","Name":"web","Port":8080}""";

    [Test]
    public async Task An_agent_in_memory_is_empty_after_a_kill_and_on_the_same_ports()
    {
        await using var agent = await ConsulAgent.StartAsync();
        _ = await agent.PutAsync("/v1/agent/service/register", Web);
        Assert.That(await agent.GetAsync("/v1/catalog/services"), Does.Contain("web"));

        await agent.KillAsync();
        Assert.That(() => agent.GetAsync("/v1/catalog/services"), Throws.InstanceOf<HttpRequestException>());

        await agent.StartAgainAsync();
        Assert.That(await agent.GetAsync("/v1/catalog/services"), Does.Not.Contain("web"));
    }

    [Test]
    public async Task A_durable_server_keeps_its_state_through_a_kill()
    {
        await using var agent = await ConsulAgent.StartAsync(new ConsulAgentOptions { Durable = true });
        _ = await agent.PutAsync("/v1/kv/a", "b");
        await agent.KillAsync();
        await agent.StartAgainAsync();
        Assert.That(await agent.GetAsync("/v1/kv/a?raw"), Is.EqualTo("b"));
    }

    [Test]
    public async Task A_client_agent_joins_its_server()
    {
        await using var server = await ConsulAgent.StartAsync();
        await using var client = await ConsulAgent.StartAsync(new ConsulAgentOptions { Join = server });
        _ = await client.PutAsync("/v1/agent/service/register", Web);
        Assert.That(await server.GetAsync("/v1/catalog/nodes"), Does.Contain(client.Node));
    }

    [Test]
    public async Task With_acls_only_the_token_sees_anything()
    {
        await using var agent = await ConsulAgent.StartAsync(new ConsulAgentOptions { Acl = true });
        using var stranger = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri($"http://{agent.Address}"),
        };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (await stranger.GetAsync(new Uri("/v1/agent/self", UriKind.Relative))).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(await agent.GetAsync("/v1/agent/self"), Does.Contain("dc1"));
        }
    }

    [Test]
    public async Task Connections_of_one_client_can_be_limited()
    {
        await using var agent = await ConsulAgent.StartAsync(new ConsulAgentOptions { MaxConnectionsPerClient = 3 });
        agent.Client.Dispose();
        var sockets = new List<Socket>();
        try
        {
            var refused = false;
            for (var i = 0; i < 10 && !refused; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                sockets.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, agent.HttpPort);
                _ = await socket.SendAsync("GET /v1/status/leader HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
                refused = await ReceiveAsync(socket) == 0;
            }

            Assert.That(refused, Is.True);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    [Test]
    public async Task A_disposed_agent_is_gone()
    {
        int id;
        await using (var agent = await ConsulAgent.StartAsync())
        {
            id = agent.ProcessId;
        }

        Assert.That(() => Process.GetProcessById(id), Throws.ArgumentException);
    }

    [Test]
    public void An_agent_that_cannot_start_reports_the_reason() =>
        Assert.That(
            () => ConsulAgent.StartAsync(new ConsulAgentOptions { Hcl = "no_such_key = 1" }),
            Throws.InvalidOperationException.With.Message.Contains("no_such_key"));

    private static async Task<int> ReceiveAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1024]);
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
