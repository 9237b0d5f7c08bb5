using System.Text;
using System.Text.Json;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Paths;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul.Intentions;
using GatewayMesh.Registry.Live;
using GatewayMesh.Registry.Tests.Consul.Watching;

namespace GatewayMesh.Registry.Tests.Consul.Intentions;

/// <summary>Intentions of a real Consul.</summary>
public sealed class IntentionTests
{
    [Test]
    public async Task A_written_intention_takes_effect_and_a_deleted_one_ends()
    {
        await using var agent = await ConsulAgent.StartAsync();
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"]);
        await mesh.HoldsAsync(
            live => live.Current.Intentions is { IsKnown: true, AllowsByDefault: true } && live.Synced,
            "without ACLs the default is to allow");

        var id = await WriteAsync(agent, "web", "db", "deny");
        await mesh.HoldsAsync(_ => !Allows(mesh, "web", "db") && Allows(mesh, "api", "db"), "the intention denies");
        var revision = mesh.Live.Revision;
        await WriteAsync(agent, "*", "db", "deny");
        await mesh.HoldsAsync(_ => !Allows(mesh, "api", "db"), "the second intention denies too");
        Assert.That(mesh.Live.Revision, Is.Not.EqualTo(revision));
        _ = await agent.DeleteAsync($"/v1/connect/intentions/{id}");
        await mesh.HoldsAsync(live => live.Current.Intentions.Rules.Length == 1, "the first intention is gone");
        Assert.That(Allows(mesh, "web", "db"), Is.False);
    }

    [Test]
    public async Task With_acls_the_default_comes_from_the_agent()
    {
        await using var agent = await ConsulAgent.StartAsync(new ConsulAgentOptions { Acl = true });
        await WriteAsync(agent, "web", "db", "allow");
        var token = await TokenAsync(agent, "service_prefix \"\" { policy = \"read\" } node_prefix \"\" { policy = \"read\" }");
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"], token: token);

        await mesh.HoldsAsync(
            live => live.Current.Intentions is { IsKnown: true, AllowsByDefault: false, Rules.Length: 1 }, "the default is to deny");
        Assert.That((Allows(mesh, "web", "db"), Allows(mesh, "api", "db")), Is.EqualTo((true, false)));
        Assert.That(mesh.Live.Errors, Is.Empty);
    }

    [TestCase("service_prefix \"\" { policy = \"read\" intentions = \"deny\" } node_prefix \"\" { policy = \"read\" }",
        Description = "empty list with 200, as if there were no intentions")]
    [TestCase("service \"web\" { policy = \"write\" } service \"consul\" { policy = \"read\" } node_prefix \"\" { policy = \"read\" }",
        Description = "the list omits most intentions")]
    [TestCase("node_prefix \"\" { policy = \"read\" }", Description = "no read rights at all")]
    public async Task A_token_that_cannot_read_all_intentions_does_not_look_like_a_mesh_without_intentions(string rules)
    {
        await using var agent = await ConsulAgent.StartAsync(new ConsulAgentOptions { Acl = true });
        await WriteAsync(agent, "web", "db", "deny");
        var token = await TokenAsync(agent, rules);
        await using var mesh = ConsulMesh.Open(agent.Registry, ["web"], token: token);

        await mesh.HoldsAsync(live => live.Errors.Any(error => error.Message.Contains("intentions", StringComparison.Ordinal)
            || error.Message.Contains("no read rights", StringComparison.Ordinal)), "the missing right is reported");
        Assert.That(mesh.Live.Current.Intentions.IsKnown, Is.False);
        Assert.That(Allows(mesh, "api", "db"), Is.False);
    }

    [Test]
    public async Task Known_intentions_stay_when_the_token_loses_its_rights_or_Consul_is_gone_even_after_a_cold_start()
    {
        using var folder = new TemporaryFolder();
        await using var agent = await ConsulAgent.StartAsync(new ConsulAgentOptions { Acl = true });
        await WriteAsync(agent, "web", "db", "allow");
        var policy = Text(
            await agent.PutAsync(
                "/v1/acl/policy",
                """{"Name":"reader","Rules":"service_prefix \"\" { policy = \"read\" } node_prefix \"\" { policy = \"read\" }"}"""),
            "ID");
        var token = Text(await agent.PutAsync("/v1/acl/token", """{"Policies":[{"Name":"reader"}]}"""), "SecretID");
        var times = ConsulMesh.Quick with { Wait = TimeSpan.FromMilliseconds(200) };
        await using (var mesh = ConsulMesh.Open(agent.Registry, ["web"], times, folder["data"], token))
        {
            await mesh.HoldsAsync(_ => Allows(mesh, "web", "db"), "the call is allowed");
            _ = await agent.PutAsync(
                $"/v1/acl/policy/{policy}",
                """{"Name":"reader","Rules":"service_prefix \"\" { policy = \"read\" intentions = \"deny\" } node_prefix \"\" { policy = \"read\" }"}""");
            await mesh.HoldsAsync(live => live.Errors.Any(error =>
                error.Message.Contains("intentions cannot be read", StringComparison.Ordinal)), "the missing right is reported");
            Assert.That((Allows(mesh, "web", "db"), Allows(mesh, "api", "db")), Is.EqualTo((true, false)));
        }

        await agent.KillAsync();
        await using var cold = ConsulMesh.Open(agent.Registry, ["web"], times, folder["data"], token);
        await cold.HoldsAsync(live => live.Origin == ConfigurationOrigin.Store, "the store is in use");
        Assert.That((Allows(cold, "web", "db"), Allows(cold, "api", "db")), Is.EqualTo((true, false)));
    }

    [Test]
    public async Task A_thousand_decisions_about_random_intentions_equal_those_of_Consul()
    {
        await using var agent = await ConsulAgent.StartAsync();
        var random = new Random(20260);
        string[] names = ["a", "b", "c", "*"];
        var asked = 0;
        for (var round = 0; round < 24; round++)
        {
            var ids = new List<string>();
            foreach (
                var (source, destination) in from source in names from destination in names
                    where random.Next(5) < 2 select (source, destination))
            {
                ids.Add(await WriteAsync(agent, source, destination, random.Next(2) == 0 ? "allow" : "deny"));
            }

            var read = IntentionReader.Read(Encoding.UTF8.GetBytes(await agent.GetAsync("/v1/connect/intentions")));
            var table = IntentionTable.Of(
                new DeclaredIntentions(
                    [
                        .. read.Values.GroupBy(each => each.Destination, each => each.Source!).Select(
                            group => new ServiceIntentionsEntry { Name = group.Key, Sources = [.. group] })],
                    IntentionAction.Allow));
            Assert.That(table.Rules, Has.Length.EqualTo(ids.Count));
            foreach (
                var (source, destination) in from source in (string[])[
                    "a",
                    "b",
                    "c",
                    "d",
                    "e",
                    "f",
                    "g"] from destination in (string[])["a", "b", "c", "d", "e", "f"] select (source, destination))
            {
                var answer = JsonDocument.Parse(
                    await agent.GetAsync($"/v1/connect/intentions/check?source={source}&destination={destination}"))
                    .RootElement.GetProperty("Allowed")
                    .GetBoolean();
                Assert.That(
                    table.Decide(source, destination, new NoRequest()).Allowed,
                    Is.EqualTo(answer),
                    $"{source} → {destination} of {string.Join(", ", table.Rules)}");
                asked++;
            }

            foreach (var id in ids)
            {
                _ = await agent.DeleteAsync($"/v1/connect/intentions/{id}");
            }
        }

        Assert.That(asked, Is.GreaterThanOrEqualTo(1000));
    }

    private static bool Allows(ConsulMesh mesh, string source, string destination) =>
        mesh.Live.Current.Intentions.Decide(source, destination, new NoRequest()).Allowed;

    private static async Task<string> WriteAsync(ConsulAgent agent, string source, string destination, string action)
    {
        using var body = new StringContent($$"""{"SourceName":"{{source}}","DestinationName":"{{destination}}","Action":"{{action}}"}""");
        using var answer = await agent.Client.PostAsync(new Uri("/v1/connect/intentions", UriKind.Relative), body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.That(answer.IsSuccessStatusCode, text);
        return Text(text, "ID");
    }

    private static async Task<string> TokenAsync(ConsulAgent agent, string rules)
    {
        _ = await agent.PutAsync(
            "/v1/acl/policy", $$"""{"Name":"reader","Rules":"{{rules.Replace("\"", "\\\"", StringComparison.Ordinal)}}"}""");
        return Text(await agent.PutAsync("/v1/acl/token", """{"Policies":[{"Name":"reader"}]}"""), "SecretID");
    }

    private static string Text(string json, string name) => JsonDocument.Parse(json).RootElement.GetProperty(name).GetString()!;

    private sealed class NoRequest : IRequestFacts
    {
        public string Method => "GET";

        public PathReadings Paths => PathReadings.Of("/");

        public FieldLines Field(string name) => default;

        public FieldLines Twins(string name) => default;
    }
}
