using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Live;
using GatewayMesh.Registry.Tests.Consul.Agents;

namespace GatewayMesh.Registry.Tests.Consul.Watching;

/// <summary>Providers of tokens, which Consul has since 1.16, from stand-in agents that answer as that version and as 1.8.</summary>
internal sealed class JwtProviderTests
{
    private const string Provider = """
        [{"Kind":"jwt-provider","Name":"okta","JSONWebKeySet":{"Local":null,"Remote":{"URI":"https://okta.example/keys","RequestTimeoutMs":500,
        "CacheDuration":600000000000,"FetchAsynchronously":true,"RetryPolicy":null,"JWKSCluster":null}},"Issuer":"https://okta.example",
        "Audiences":["web"],"Locations":[{"Header":{"Name":"X-Token","ValuePrefix":"Token ","Forward":true}},{"QueryParam":{"Name":"t"}},
        {"Cookie":{"Name":"session"}}],"Forwarding":{"HeaderName":"X-Claims","PadForwardPayloadHeader":true},"ClockSkewSeconds":10,
        "CacheConfig":{"Size":1024},"Hash":7,"CreateIndex":5,"ModifyIndex":5}]
        """;

    private const string Intention = """
        [{"SourceName":"api","DestinationName":"web","SourceType":"consul","Action":"allow","Precedence":9,
        "JWT":{"Providers":[{"Name":"okta","VerifyClaims":[{"Path":["role"],"Value":"admin"}]}]}}]
        """;

    [Test]
    public async Task Providers_and_the_token_that_an_entry_requires_are_read()
    {
        using var agent = Agent(Provider, Intention);
        await using var mesh = ConsulMesh.Open(RegistryOf(agent), ["web"]);

        await mesh.HoldsAsync(live => live.Current.JwtProviders.ContainsKey("okta") && live.Current.Intentions.Rules.Length == 1, "read");

        var issuer = mesh.Live.Current.JwtProviders["okta"];
        Assert.That(mesh.Live.Errors, Is.Empty);
        Assert.That(
            (issuer.Issuer, issuer.ClockSkew, issuer.Jwks.Url, issuer.Jwks.Refresh, issuer.Jwks.Timeout),
            Is.EqualTo((
                "https://okta.example",
                TimeSpan.FromSeconds(10),
                "https://okta.example/keys",
                TimeSpan.FromMinutes(10),
                TimeSpan.FromMilliseconds(500))));
        Assert.That(issuer.Locations, Is.EqualTo(new[]
        {
            new TokenLocation(TokenPlace.Header, "x-token") { Prefix = "Token ", Forward = true },
            new TokenLocation(TokenPlace.Query, "t"),
            new TokenLocation(TokenPlace.Cookie, "session"),
        }));
        Assert.That(issuer.Forwarding, Is.EqualTo(new TokenForwarding("x-claims", Pad: true)));
        Assert.That(mesh.Live.Current.Intentions.ProvidersOf("web"), Is.EqualTo(new[] { "okta" }));
        Assert.That(mesh.Live.Current.Intentions.Rules.Single().Jwt!.Providers.Single().Claims.Single().Value, Is.EqualTo("admin"));
    }

    [TestCase(500)]
    [TestCase(400)]
    public async Task An_agent_that_does_not_know_the_kind_has_no_providers(int status)
    {
        using var agent = Agent(null, "[]", status);
        await using var mesh = ConsulMesh.Open(RegistryOf(agent), ["web"]);

        await mesh.HoldsAsync(live => live.Origin == ConfigurationOrigin.Registry && live.Synced, "the mesh is read");

        Assert.That((mesh.Live.Errors.IsEmpty, mesh.Live.Current.JwtProviders.Count), Is.EqualTo((true, 0)));
    }

    [Test]
    public async Task An_intention_whose_provider_is_not_readable_denies_and_is_reported()
    {
        using var agent = Agent("[]", Intention);
        await using var mesh = ConsulMesh.Open(RegistryOf(agent), ["web"]);

        await mesh.HoldsAsync(
            live => live.Errors.Any(error => error.Message == "the jwt-provider okta is not known"), "the missing provider is reported");

        Assert.That(mesh.Live.Errors.Single().Fix, Does.Contain("mesh = \"read\""));
        Assert.That(mesh.Live.Current.Intentions.Find("api", "web")!.Jwt, Is.Not.Null);
    }

    [Test]
    public async Task A_node_that_starts_without_Consul_knows_the_providers()
    {
        using var folder = new TemporaryFolder();
        var agent = Agent(Provider, Intention);
        var registry = RegistryOf(agent);
        string revision;
        await using (var mesh = ConsulMesh.Open(registry, ["web"], dataDir: folder["data"]))
        {
            await mesh.HoldsAsync(live => live.Current.JwtProviders.ContainsKey("okta") && live.Current.Intentions.IsKnown, "read");
            revision = mesh.Live.Revision;
        }

        agent.Dispose();
        await using var cold = ConsulMesh.Open(registry, ["web"], dataDir: folder["data"]);
        await cold.HoldsAsync(live => live.Origin == ConfigurationOrigin.Store, "the store is in use");

        Assert.That(cold.Live.Revision, Is.EqualTo(revision));
        Assert.That(cold.Live.Current.JwtProviders["okta"].Forwarding, Is.EqualTo(new TokenForwarding("x-claims", Pad: true)));
    }

    private static StandInAgent Agent(string? providers, string intentions, int status = 500) => new()
    {
        Answer = head => Asks(head, "/v1/config/jwt-provider")
            ? providers is null
                ? StandInAgent.Whole(status, "rpc error making call: invalid config entry kind: jwt-provider", "X-Consul-Index: 9\r\n")
                : StandInAgent.Ok(providers)
            : Asks(head, "/v1/connect/intentions/check") ? StandInAgent.Ok("""{"Allowed":true}""")
            : Asks(head, "/v1/connect/intentions/match") ? StandInAgent.Ok("{}")
            : Asks(head, "/v1/connect/intentions") ? StandInAgent.Ok(intentions)
            : Asks(head, "/v1/catalog/services") ? StandInAgent.Ok("""{"consul":[],"web":[]}""")
            : Asks(head, "/v1/health/service/consul?")
            ? StandInAgent.Ok("""[{"Node":{"Node":"c","Datacenter":"dc1"},"Service":{"ID":"consul","Service":"consul"}}]""")
            : StandInAgent.Ok("[]"),
    };

    private static string RegistryOf(StandInAgent agent) => $"consul://{agent.Address.Authority}";

    private static bool Asks(string head, string path) => head.StartsWith("GET " + path, StringComparison.Ordinal);
}
