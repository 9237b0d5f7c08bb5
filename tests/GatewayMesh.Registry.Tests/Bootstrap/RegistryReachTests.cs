using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Registry.Tests.Bootstrap;

internal sealed class RegistryReachTests
{
    [Test]
    public async Task Consul_is_reachable_while_one_of_its_agents_answers()
    {
        await using var agent = await ConsulAgent.StartAsync();
        var closed = $"127.0.0.1:{FreePorts.Next()}";
        Assert.That(Registries.IsReachable(Consul(closed, agent.Address)), Is.True);
        Assert.That(Registries.IsReachable(Consul(closed)), Is.False);

        await agent.PauseAsync();
        Assert.That(Registries.IsReachable(Consul(agent.Address)), Is.False, "the agent accepts connections but does not answer");
    }

    [Test]
    public async Task An_agent_without_servers_is_unreachable()
    {
        await using var agent = await ConsulAgent.StartAsync();
        await using var faulty = FaultyAgent.Before(agent);
        var address = faulty.Registry["consul://".Length..];
        foreach (
            var (answer, reachable) in new[]
            {
                (FaultyAgent.Response("200 OK", "\"\"\n"), false),
                (FaultyAgent.Response("500 Internal Server Error", "No cluster leader"), false),
                ("SSH-2.0\r\n", false),
                (FaultyAgent.Response("200 OK", "\"127.0.0.1:8300\""), true),
            })
        {
            faulty.Answer = _ => answer;
            Assert.That(Registries.IsReachable(Consul(address)), Is.EqualTo(reachable), answer);
        }
    }

    [Test]
    public void A_folder_is_reachable_while_it_exists()
    {
        using var folder = new TemporaryFolder();
        Assert.That(Registries.IsReachable(new RegistrySpec("file", Path.GetTempPath())), Is.True);
        Assert.That(Registries.IsReachable(new RegistrySpec("file", folder["nowhere"])), Is.False);
    }

    private static RegistrySpec Consul(params string[] agents) =>
        new("consul", string.Join(',', agents)) { Agents = [.. agents.Select(agent => new Uri($"http://{agent}"))] };
}
