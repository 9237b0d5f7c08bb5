using System.Text.Json;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul.Watching;
using GatewayMesh.Registry.Live;

namespace GatewayMesh.Registry.Tests.Consul.Watching;

/// <summary>The truths about a registry, each against real agents; only what no real one does on demand is said by a stand-in before it.</summary>
public sealed class TruthTests
{
    private const string Web = "web-1@127.0.0.1:2001";
    private const string NothingSeen = "the token sees nothing";

    private readonly List<ConsulAgent> _agents = [];

    [TearDown]
    public async Task StopAgents()
    {
        foreach (var agent in _agents)
        {
            if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
            {
                await TestContext.Out.WriteLineAsync(agent.Log);
            }

            await agent.DisposeAsync();
        }

        _agents.Clear();
    }

    [Test]
    public async Task What_vanished_with_an_agent_that_was_killed_and_began_anew_is_held()
    {
        var agent = await StartAsync();
        await ConsulMesh.RegisterAsync(agent, "web", 2001);
        await ConsulMesh.RegisterAsync(agent, "web", 2002, id: "web-2");
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"]);
        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002");

        await agent.KillAsync();
        await mesh.HoldsAsync(live => !live.Synced, "the death is said");
        await agent.StartAgainAsync();
        await ConsulMesh.RegisterAsync(agent, "web", 2003, id: "web-3");

        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002 web-3@127.0.0.1:2003");
        await mesh.HoldsAsync(live => live.Synced, "the return is said");
    }

    [Test]
    public async Task What_does_not_come_back_in_time_is_let_go()
    {
        var agent = await StartAsync();
        await ConsulMesh.RegisterAsync(agent, "web", 2001);
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"], ConsulMesh.Quick with { Hold = TimeSpan.FromMilliseconds(300) });
        await mesh.EndpointsAreAsync("web", Web);

        await agent.KillAsync();
        await mesh.HoldsAsync(live => !live.Synced, "the death is said");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web), "an agent that is away takes nothing away");
        await agent.StartAgainAsync();

        await mesh.EndpointsAreAsync("web", "unknown");
    }

    [Test]
    public void The_hold_is_ten_seconds() => Assert.That(new WatchTimes().Hold, Is.EqualTo(TimeSpan.FromSeconds(10)));

    [Test]
    public async Task An_index_that_goes_back_is_forgotten_and_what_it_lost_is_held()
    {
        var (old, young) = (await StartAsync(), await StartAsync());
        for (var i = 0; i < 50; i++)
        {
            _ = await old.PutAsync("/v1/kv/lift", $"the index {i}");
        }

        await ConsulMesh.RegisterAsync(old, "web", 2001);
        await using var faulty = FaultyAgent.Before(old);
        await using var mesh = ConsulMesh.Open(faulty.Registry, ["web"], ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(300) });
        await mesh.EndpointsAreAsync("web", Web);

        // No connection breaks: only the index tells.
        faulty.Behind = young;
        await ConsulMesh.RegisterAsync(young, "web", 2002, id: "web-2");

        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002");
        await ConsulMesh.RegisterAsync(young, "web", 2003, id: "web-3");
        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002 web-3@127.0.0.1:2003");
    }

    [Test]
    public async Task An_agent_that_answers_500_takes_nothing_away_and_its_index_is_not_believed()
    {
        var agent = await StartAsync();
        await ConsulMesh.RegisterAsync(agent, "web", 2001);
        await using var faulty = FaultyAgent.Before(agent);
        await using var mesh = ConsulMesh.Open(faulty.Registry, ["web"], ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(200) });
        await mesh.EndpointsAreAsync("web", Web);

        var refused = 0;
        faulty.Answer = path =>
        {
            refused += path.StartsWith("/v1/health/connect/web", StringComparison.Ordinal) ? 1 : 0;
            return FaultyAgent.Say("500 Internal Server Error", "rpc error making call: EOF", index: 1_000_000);
        };
        await mesh.HoldsAsync(_ => refused > 1, "the watch of web meets the error");
        await mesh.HoldsAsync(live => live.Errors.Any(error => error.Message.Contains("500: rpc error making call", StringComparison.Ordinal)), "the error is said");
        await ConsulMesh.RegisterAsync(agent, "web", 2002, id: "web-2");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web));

        faulty.Answer = null;
        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002");
        await ConsulMesh.RegisterAsync(agent, "web", 2003, id: "web-3");
        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002 web-3@127.0.0.1:2003");
        await mesh.HoldsAsync(live => live.Synced, "all is well again");
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[1,2]")]
    [TestCase("[{\"Node\":7,\"Service\":[]}]")]
    [TestCase("<html>captive portal</html>")]
    public async Task An_agent_that_answers_garbage_takes_nothing_away(string garbage)
    {
        var agent = await StartAsync();
        await ConsulMesh.RegisterAsync(agent, "web", 2001);
        await using var faulty = FaultyAgent.Before(agent);
        await using var mesh = ConsulMesh.Open(faulty.Registry, ["web"], ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(200) });
        await mesh.EndpointsAreAsync("web", Web);
        var revision = mesh.Live.Revision;

        faulty.Answer = _ => FaultyAgent.Say("200 OK", garbage, index: 7);
        await mesh.HoldsAsync(live => !live.Synced, "the garbage is said");
        Assert.That((mesh.Endpoints("web"), mesh.Live.Revision), Is.EqualTo((Web, revision)));

        faulty.Answer = null;
        await mesh.HoldsAsync(live => live.Synced, "all is well again");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web));
    }

    [Test]
    public async Task An_agent_that_hangs_is_said_and_takes_nothing_away()
    {
        var agent = await StartAsync();
        await ConsulMesh.RegisterAsync(agent, "web", 2001);
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"], ConsulMesh.Quick with { PulseLimit = TimeSpan.FromMilliseconds(500) });
        await mesh.EndpointsAreAsync("web", Web);

        await agent.PauseAsync();
        await mesh.HoldsAsync(live => live.Errors.Any(error => error.Message.Contains("did not answer", StringComparison.Ordinal)), "the silence is said");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web));

        await agent.ContinueAsync();
        await ConsulMesh.RegisterAsync(agent, "web", 2002, id: "web-2");
        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002");
        await mesh.HoldsAsync(live => live.Synced, "all is well again");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Reads_move_to_the_next_agent_when_one_dies_or_hangs(bool hangs)
    {
        var server = await StartAsync();
        var client = await StartAsync(new ConsulAgentOptions { Join = server });
        await ConsulMesh.RegisterAsync(server, "web", 2001);
        await using var mesh = ConsulMesh.Open($"{client.Registry},{server.Address}", ["web"], ConsulMesh.Quick with { PulseLimit = TimeSpan.FromMilliseconds(500) });
        await mesh.EndpointsAreAsync("web", Web);

        await (hangs ? client.PauseAsync() : client.KillAsync());
        await ConsulMesh.RegisterAsync(server, "web", 2002, id: "web-2");

        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002");
        await mesh.HoldsAsync(live => live.Synced, "one agent is enough");
    }

    [TestCase("")]
    [TestCase("00000000-0000-0000-0000-00000000dead")]
    public async Task Without_a_right_to_read_the_stored_mesh_stays_in_use(string token)
    {
        var agent = await StartAsync(new ConsulAgentOptions { Acl = true });
        await ConsulMesh.RegisterAsync(agent, "web", 2001);
        using var folder = new TemporaryFolder();
        await using (var first = ConsulMesh.Open(agent.Registry, ["web"], dataDir: folder["data"], token: ConsulAgent.ManagementToken))
        {
            await first.EndpointsAreAsync("web", Web);
        }

        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"], dataDir: folder["data"], token: token);
        await mesh.HoldsAsync(live => live.Errors.Any(error => error.Message.Contains(token.Length == 0 ? NothingSeen : "ACL not found", StringComparison.Ordinal)), "the token's lack is said");
        await mesh.HoldsAsync(live => live.Origin == ConfigurationOrigin.Store, "the store is in use");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web));
    }

    [Test]
    public async Task A_token_that_loses_its_rights_takes_nothing_away()
    {
        var agent = await StartAsync(new ConsulAgentOptions { Acl = true });
        await ConsulMesh.RegisterAsync(agent, "web", 2001);
        var policy = Text(await agent.PutAsync("/v1/acl/policy", """{"Name":"reader","Rules":"service_prefix \"\" { policy = \"read\" } node_prefix \"\" { policy = \"read\" }"}"""), "ID");
        var token = Text(await agent.PutAsync("/v1/acl/token", """{"Policies":[{"Name":"reader"}]}"""), "SecretID");
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"], ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(200) }, token: token);
        await mesh.EndpointsAreAsync("web", Web);

        _ = await agent.PutAsync($"/v1/acl/policy/{policy}", """{"Name":"reader","Rules":"agent_prefix \"\" { policy = \"read\" }"}""");
        await mesh.HoldsAsync(live => live.Errors.Any(error => error.Message.Contains(NothingSeen, StringComparison.Ordinal)), "the token's lack is said");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web));
    }

    [Test]
    public async Task A_record_without_a_session_is_a_node_and_one_that_vanishes_is_gone_while_it_is_still_registered()
    {
        var agent = await StartAsync();
        await ConsulMesh.RegisterAsync(agent, "web", 2001, "\"gatewaymesh-node\":\"host-b\"");
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"]);
        _ = await agent.PutAsync("/v1/kv/gatewaymesh/nodes/host-b", "node: host-b\nrole: sidecar\nversion: 9.9.9\nrevision: abc\nservices: [ { name: web, id: web-1, address: '127.0.0.1:2001' } ]\n");
        _ = await agent.PutAsync("/v1/kv/gatewaymesh/nodes/host-c", "not: [ a record");
        await mesh.HoldsAsync(live => live.Nodes is [{ Record: { Node: "host-b", Version: "9.9.9" }, Alive: true }], "the node is shown");
        _ = await agent.DeleteAsync("/v1/kv/gatewaymesh/nodes/host-b");
        await mesh.HoldsAsync(live => live.Nodes is [{ Record.Node: "host-b", Alive: false }], "the node is gone");
        _ = await agent.PutAsync("/v1/agent/service/deregister/web-1-sidecar-proxy");
        await mesh.HoldsAsync(live => live.Nodes.IsEmpty, "the node has said farewell");
    }

    [Test]
    public async Task Nobody_is_asked_to_wait_for_a_registry_that_is_away()
    {
        var agent = await StartAsync();
        await ConsulMesh.RegisterAsync(agent, "web", 2001);
        await using var mesh = ConsulMesh.Open(agent.Registry, []);
        await mesh.HoldsAsync(live => live.Current.Services.TryGetValue("web", out var web) && web.IsDormant, "web is known by name");
        await agent.KillAsync();
        await mesh.HoldsAsync(live => !live.Current.Services["web"].IsDormant, "there is nothing to wait for");
    }

    private static string Text(string json, string key) => JsonDocument.Parse(json).RootElement.GetProperty(key).GetString()!;

    private async Task<ConsulAgent> StartAsync(ConsulAgentOptions? options = null)
    {
        var agent = await ConsulAgent.StartAsync(options);
        _agents.Add(agent);
        return agent;
    }
}
