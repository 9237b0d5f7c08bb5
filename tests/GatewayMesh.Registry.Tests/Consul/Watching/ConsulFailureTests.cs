using System.Text.Json;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul.Watching;
using GatewayMesh.Registry.Live;

namespace GatewayMesh.Registry.Tests.Consul.Watching;

/// <summary>
/// Resilience against a registry's failures, with real agents. A stand-in covers only what real agents do not do on demand.
/// </summary>
public sealed class ConsulFailureTests
{
    private const string Web = "web-1@127.0.0.1:2001";
    private const string NothingSeen = "the token has no read rights";

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
    public async Task Instances_that_disappeared_with_a_killed_and_restarted_agent_are_kept()
    {
        var agent = await StartAsync();
        await agent.RegisterInstanceAsync("web", 2001);
        await agent.RegisterInstanceAsync("web", 2002, id: "web-2");
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"]);
        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002");

        await agent.KillAsync();
        await mesh.HoldsAsync(live => !live.Synced, "the outage is reported");
        await agent.StartAgainAsync();
        await agent.RegisterInstanceAsync("web", 2003, id: "web-3");

        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002 web-3@127.0.0.1:2003");
        await mesh.HoldsAsync(live => live.Synced, "the return is reported");
    }

    [Test]
    public async Task Instances_that_do_not_return_in_time_are_removed()
    {
        var agent = await StartAsync();
        await agent.RegisterInstanceAsync("web", 2001);
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"], ConsulMesh.Quick with { Hold = TimeSpan.FromMilliseconds(300) });
        await mesh.EndpointsAreAsync("web", Web);

        await agent.KillAsync();
        await mesh.HoldsAsync(live => !live.Synced, "the outage is reported");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web), "an unreachable agent removes nothing");
        await agent.StartAgainAsync();

        await mesh.EndpointsAreAsync("web", "unknown");
    }

    [Test]
    public void The_hold_is_ten_seconds() => Assert.That(new WatchTimes().Hold, Is.EqualTo(TimeSpan.FromSeconds(10)));

    [Test]
    public async Task An_index_that_goes_backwards_is_reset_and_lost_instances_are_kept()
    {
        var (old, young) = (await StartAsync(), await StartAsync());
        for (var i = 0; i < 50; i++)
        {
            _ = await old.PutAsync("/v1/kv/lift", $"the index {i}");
        }

        await old.RegisterInstanceAsync("web", 2001);
        await using var faulty = FaultyAgent.Before(old);
        await using var mesh = ConsulMesh.Open(faulty.Registry, ["web"], ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(300) });
        await mesh.EndpointsAreAsync("web", Web);

        // No connection breaks: only the index reveals the restart.
        faulty.Behind = young;
        await young.RegisterInstanceAsync("web", 2002, id: "web-2");

        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002");
        await young.RegisterInstanceAsync("web", 2003, id: "web-3");
        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002 web-3@127.0.0.1:2003");
    }

    [Test]
    public async Task An_agent_that_answers_500_removes_nothing_and_its_index_is_ignored()
    {
        var agent = await StartAsync();
        await agent.RegisterInstanceAsync("web", 2001);
        await using var faulty = FaultyAgent.Before(agent);
        await using var mesh = ConsulMesh.Open(faulty.Registry, ["web"], ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(200) });
        await mesh.EndpointsAreAsync("web", Web);

        var refused = 0;
        faulty.Answer = path =>
        {
            refused += path.StartsWith("/v1/health/connect/web", StringComparison.Ordinal) ? 1 : 0;
            return FaultyAgent.Response("500 Internal Server Error", "rpc error making call: EOF", index: 1_000_000);
        };
        await mesh.HoldsAsync(_ => refused > 1, "the watch of web gets the error");
        await mesh.HoldsAsync(live => live.Errors.Any(error =>
            error.Message.Contains("500: rpc error making call", StringComparison.Ordinal)), "the error is reported");
        await agent.RegisterInstanceAsync("web", 2002, id: "web-2");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web));

        faulty.Answer = null;
        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002");
        await agent.RegisterInstanceAsync("web", 2003, id: "web-3");
        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002 web-3@127.0.0.1:2003");
        await mesh.HoldsAsync(live => live.Synced, "the node is synced again");
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[1,2]")]
    [TestCase("[{\"Node\":7,\"Service\":[]}]")]
    [TestCase("<html>captive portal</html>")]
    public async Task An_agent_that_answers_garbage_removes_nothing(string garbage)
    {
        var agent = await StartAsync();
        await agent.RegisterInstanceAsync("web", 2001);
        await using var faulty = FaultyAgent.Before(agent);
        await using var mesh = ConsulMesh.Open(faulty.Registry, ["web"], ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(200) });
        await mesh.EndpointsAreAsync("web", Web);
        var revision = mesh.Live.Revision;

        faulty.Answer = _ => FaultyAgent.Response("200 OK", garbage, index: 7);
        await mesh.HoldsAsync(live => !live.Synced, "the garbage is reported");
        Assert.That((mesh.Endpoints("web"), mesh.Live.Revision), Is.EqualTo((Web, revision)));

        faulty.Answer = null;
        await mesh.HoldsAsync(live => live.Synced, "the node is synced again");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web));
    }

    [Test]
    public async Task A_hung_agent_is_reported_and_removes_nothing()
    {
        var agent = await StartAsync();
        await agent.RegisterInstanceAsync("web", 2001);
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"],
            ConsulMesh.Quick with { LivenessTimeout = TimeSpan.FromMilliseconds(500) });
        await mesh.EndpointsAreAsync("web", Web);

        await agent.PauseAsync();
        await mesh.HoldsAsync(live => live.Errors.Any(error => error.Message.Contains("did not answer", StringComparison.Ordinal)),
            "the silence is reported");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web));

        await agent.ContinueAsync();
        await agent.RegisterInstanceAsync("web", 2002, id: "web-2");
        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002");
        await mesh.HoldsAsync(live => live.Synced, "the node is synced again");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Reads_move_to_the_next_agent_when_one_dies_or_hangs(bool hangs)
    {
        var server = await StartAsync();
        var client = await StartAsync(new ConsulAgentOptions { Join = server });
        await server.RegisterInstanceAsync("web", 2001);
        await using var mesh = ConsulMesh.Open($"{client.Registry},{server.Address}", ["web"],
            ConsulMesh.Quick with { LivenessTimeout = TimeSpan.FromMilliseconds(500) });
        await mesh.EndpointsAreAsync("web", Web);

        await (hangs ? client.PauseAsync() : client.KillAsync());
        await server.RegisterInstanceAsync("web", 2002, id: "web-2");

        await mesh.EndpointsAreAsync("web", $"{Web} web-2@127.0.0.1:2002");
        await mesh.HoldsAsync(live => live.Synced, "one agent is enough");
    }

    [TestCase("")]
    [TestCase("00000000-0000-0000-0000-00000000dead")]
    public async Task The_stored_configuration_stays_in_use_without_read_rights(string token)
    {
        var agent = await StartAsync(new ConsulAgentOptions { Acl = true });
        await agent.RegisterInstanceAsync("web", 2001);
        using var folder = new TemporaryFolder();
        await using (var first = ConsulMesh.Open(agent.Registry, ["web"], dataDir: folder["data"], token: ConsulAgent.ManagementToken))
        {
            await first.EndpointsAreAsync("web", Web);
        }

        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"], dataDir: folder["data"], token: token);
        await mesh.HoldsAsync(live => live.Errors.Any(error => error.Message.Contains(token.Length == 0 ? NothingSeen : "ACL not found",
            StringComparison.Ordinal)), "the missing right is reported");
        await mesh.HoldsAsync(live => live.Origin == ConfigurationOrigin.Store, "the store is in use");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web));
    }

    [Test]
    public async Task A_token_that_loses_its_rights_removes_nothing()
    {
        var agent = await StartAsync(new ConsulAgentOptions { Acl = true });
        await agent.RegisterInstanceAsync("web", 2001);
        var policy = Text(
            await agent.PutAsync(
                "/v1/acl/policy",
                """{"Name":"reader","Rules":"service_prefix \"\" { policy = \"read\" } node_prefix \"\" { policy = \"read\" }"}"""),
            "ID");
        var token = Text(await agent.PutAsync("/v1/acl/token", """{"Policies":[{"Name":"reader"}]}"""), "SecretID");
        await using var mesh = ConsulMesh.Open(
            agent.Registry, ["web"], ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(200) }, token: token);
        await mesh.EndpointsAreAsync("web", Web);

        _ = await agent.PutAsync($"/v1/acl/policy/{policy}", """{"Name":"reader","Rules":"agent_prefix \"\" { policy = \"read\" }"}""");
        await mesh.HoldsAsync(live => live.Errors.Any(error => error.Message.Contains(NothingSeen, StringComparison.Ordinal)),
            "the missing right is reported");
        Assert.That(mesh.Endpoints("web"), Is.EqualTo(Web));
    }

    [Test]
    public async Task A_record_without_a_session_is_a_node_and_a_deleted_record_is_a_gone_node_while_registrations_exist()
    {
        var agent = await StartAsync();
        await agent.RegisterInstanceAsync("web", 2001, "\"gatewaymesh-node\":\"host-b\"");
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"]);
        _ = await agent.PutAsync(
            "/v1/kv/gatewaymesh/nodes/host-b",
            "node: host-b\nrole: sidecar\nversion: 9.9.9\nrevision: abc\nservices: [ { name: web, id: web-1, address: '127.0.0.1:2001' } "
                + "]\n");
        _ = await agent.PutAsync("/v1/kv/gatewaymesh/nodes/host-c", "not: [ a record");
        await mesh.HoldsAsync(live => live.Nodes is [{ Record: { Node: "host-b", Version: "9.9.9" }, Alive: true }], "the node is shown");
        _ = await agent.DeleteAsync("/v1/kv/gatewaymesh/nodes/host-b");
        await mesh.HoldsAsync(live => live.Nodes is [{ Record.Node: "host-b", Alive: false }], "the node is gone");
        _ = await agent.PutAsync("/v1/agent/service/deregister/web-1-sidecar-proxy");
        await mesh.HoldsAsync(live => live.Nodes.IsEmpty, "the node has left");
    }

    [Test]
    public async Task No_request_waits_for_an_unreachable_registry()
    {
        var agent = await StartAsync();
        await agent.RegisterInstanceAsync("web", 2001);
        await using var mesh = ConsulMesh.Open(agent.Registry, []);
        await mesh.HoldsAsync(live => live.Current.Services.TryGetValue("web", out var web) && web.IsDormant, "web is known by name");
        await agent.KillAsync();
        await mesh.HoldsAsync(live => !live.Current.Services["web"].IsDormant, "no request waits");
    }

    private static string Text(string json, string key) => JsonDocument.Parse(json).RootElement.GetProperty(key).GetString()!;

    private async Task<ConsulAgent> StartAsync(ConsulAgentOptions? options = null)
    {
        var agent = await ConsulAgent.StartAsync(options);
        _agents.Add(agent);
        return agent;
    }
}
