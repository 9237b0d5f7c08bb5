using System.Globalization;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Registry.Tests.Consul.Watching;

/// <summary>Routers, splitters and resolvers of a real Consul as routes. The agent applies the filters of subsets.</summary>
public sealed class RouteTests
{
    private const string Subsets = """
        {"Kind":"service-resolver","Name":"web","DefaultSubset":"v1","Subsets":{"v1":{"Filter":"Service.Meta.version == v1"},"v2":{"Filter":"Service.Meta.version == v2"}}}
        """;

    private ConsulAgent _agent = null!;

    [SetUp]
    public async Task StartAgent() => _agent = await ConsulAgent.StartAsync(new ConsulAgentOptions { MeetsOthers = true });

    [TearDown]
    public async Task StopAgent() => await _agent.DisposeAsync();

    [Test]
    public async Task Written_entries_become_routes_and_subsets_have_the_instances_that_the_agent_selects()
    {
        await _agent.RegisterInstanceAsync("web", 2001, "\"version\":\"v1\"");
        await _agent.RegisterInstanceAsync("web", 2002, "\"version\":\"v2\"", id: "web-2");
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["web"]);
        await mesh.EndpointsAreAsync("web", "web-1@127.0.0.1:2001 web-2@127.0.0.1:2002");
        Assert.That(mesh.Live.Current.Services["web"].Routes, Is.Null, "there are no routes");

        await _agent.WriteEntryAsync("""{"Kind":"service-defaults","Name":"web","Protocol":"http"}""");
        await _agent.WriteEntryAsync(Subsets);
        await mesh.HoldsAsync(live => live.Current.Services["web"].Routes is ResolverNode { Target.Subset: "v1" }, "the resolver is used");
        await TargetIsAsync(mesh, "v1.web.default.dc1", "web-1@127.0.0.1:2001");

        await _agent.WriteEntryAsync(
            """{"Kind":"service-splitter","Name":"web","Splits":[{"Weight":90,"ServiceSubset":"v1"},{"Weight":10,"ServiceSubset":"v2"}]}""");
        await _agent.WriteEntryAsync(
            """{"Kind":"service-router","Name":"web","Routes":[{"Match":{"HTTP":{"PathPrefix":"/v2"}},"Destination":{"ServiceSubset":"v2","PrefixRewrite":"/"}}]}""");
        await mesh.HoldsAsync(
            live => live.Current.Services["web"].Routes is RouterNode
            {
                Rules: [{ Next: ResolverNode }, { Next: SplitterNode { Legs.Length: 2 } }],
            },
            "the router is used");
        await TargetIsAsync(mesh, "v2.web.default.dc1", "web-2@127.0.0.1:2002");

        await _agent.RegisterInstanceAsync("web", 2001, "\"version\":\"v2\"");
        await TargetIsAsync(mesh, "v2.web.default.dc1", "web-1@127.0.0.1:2001 web-2@127.0.0.1:2002");
        await TargetIsAsync(mesh, "v1.web.default.dc1", "");
        _ = await _agent.PutAsync("/v1/agent/check/fail/web-1-live");
        await TargetIsAsync(mesh, "v2.web.default.dc1", "web-1@127.0.0.1:2001! web-2@127.0.0.1:2002");

        foreach (var kind in (string[])["service-router", "service-splitter", "service-resolver"])
        {
            _ = await _agent.DeleteAsync($"/v1/config/{kind}/web");
        }

        await mesh.HoldsAsync(live => live.Current.Services["web"].Routes is null && live.Current.Targets.Count == 0 && live.Synced,
            "all routes are gone");
    }

    [Test]
    public async Task No_snapshot_has_a_subset_before_the_agent_has_returned_its_instances()
    {
        await _agent.RegisterInstanceAsync("web", 2001, "\"version\":\"v1\"");
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["web"]);
        await mesh.EndpointsAreAsync("web", "web-1@127.0.0.1:2001");
        var empty = 0;
        mesh.Live.Changed += snapshot =>
            empty += snapshot.Targets.TryGetValue("v1.web.default.dc1", out var target) && target.Endpoints.IsEmpty ? 1 : 0;
        await _agent.WriteEntryAsync(Subsets);
        await TargetIsAsync(mesh, "v1.web.default.dc1", "web-1@127.0.0.1:2001");
        Assert.That(empty, Is.Zero);
    }

    [Test]
    public async Task A_filter_may_use_fields_that_only_the_agent_knows_and_a_refused_filter_is_reported_and_changes_nothing()
    {
        await _agent.RegisterInstanceAsync("web", 2001);
        await _agent.RegisterInstanceAsync("web", 2002, id: "web-2", status: "critical");
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["web"]);
        await _agent.WriteEntryAsync(Resolver("Checks.Status != critical"));
        await TargetIsAsync(mesh, "fit.web.default.dc1", "web-1@127.0.0.1:2001 web-2@127.0.0.1:2002!");
        await _agent.WriteEntryAsync(Resolver("Service.Proxy.DestinationServiceID == `web-1`"));
        await TargetIsAsync(mesh, "fit.web.default.dc1", "web-1@127.0.0.1:2001");

        await _agent.WriteEntryAsync(Resolver("Checks.Bogus == 1"));
        await mesh.HoldsAsync(live => live.Errors.Any(error => error.Message.StartsWith("subset fit of web: ", StringComparison.Ordinal)),
            "the refusal is reported");
        await TargetIsAsync(mesh, "fit.web.default.dc1", "web-1@127.0.0.1:2001");

        await _agent.WriteEntryAsync(Resolver("Service.Meta.version ="));
        await mesh.HoldsAsync(live => live.Errors.Any(error => error.File == "consul:service-resolver/web"
            && error.Path == "subsets.fit.filter"), "the entry is reported");
        await TargetIsAsync(mesh, "fit.web.default.dc1", "web-1@127.0.0.1:2001");
    }

    [Test]
    public async Task A_warning_instance_is_healthy_except_in_a_subset_with_OnlyPassing()
    {
        await _agent.RegisterInstanceAsync("web", 2001, status: "warning");
        await _agent.WriteEntryAsync(
            """{"Kind":"service-resolver","Name":"web","DefaultSubset":"strict","Subsets":{"strict":{"OnlyPassing":true},"any":{}},"Failover":{"strict":{"ServiceSubset":"any"}}}""");
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["web"]);
        await TargetIsAsync(mesh, "strict.web.default.dc1", "web-1@127.0.0.1:2001!");
        await TargetIsAsync(mesh, "any.web.default.dc1", "web-1@127.0.0.1:2001");
    }

    [Test]
    public async Task Only_the_targets_of_needed_services_are_watched()
    {
        await _agent.RegisterInstanceAsync("api", 2001);
        await _agent.RegisterInstanceAsync("other", 2002);
        await _agent.WriteEntryAsync("""{"Kind":"service-resolver","Name":"web","Redirect":{"Service":"api"}}""");
        await _agent.WriteEntryAsync("""{"Kind":"service-resolver","Name":"else","Redirect":{"Service":"other"}}""");
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["web"]);
        await TargetIsAsync(mesh, "api.default.dc1", "api-1@127.0.0.1:2001");
        await mesh.HoldsAsync(live => live.Current.Targets["other.default.dc1"].IsDormant, "the other service is not needed");
        mesh.Registry.Want("else");
        await TargetIsAsync(mesh, "other.default.dc1", "other-1@127.0.0.1:2002");
    }

    [Test]
    public async Task An_invalid_entry_is_named_and_the_rest_is_used()
    {
        await _agent.RegisterInstanceAsync("web", 2001, "\"version\":\"v1\"");
        await _agent.WriteEntryAsync("""{"Kind":"service-defaults","Name":"web","Protocol":"http"}""");
        await _agent.WriteEntryAsync("""{"Kind":"service-router","Name":"web","Routes":[{"Match":{"HTTP":{"PathRegex":"/good"}}}]}""");
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["web"]);
        await mesh.HoldsAsync(
            live => live.Current.Services.TryGetValue("web", out var web) && web.Routes is RouterNode { Rules.Length: 2 } && live.Synced,
            "the router is used");

        await _agent.WriteEntryAsync("""{"Kind":"service-router","Name":"web","Routes":[{"Match":{"HTTP":{"PathRegex":"/(bad"}}}]}""");
        await _agent.WriteEntryAsync(Subsets);
        await mesh.HoldsAsync(
            live => live.Errors.Any(
                error => error.File == "consul:service-router/web"
                    && error.Message.Contains("regular expression", StringComparison.Ordinal)),
            "the entry is named");
        await mesh.HoldsAsync(
            live => live.Current.Services["web"].Routes is RouterNode
            {
                Rules: [{ Match.Path.Value: "/good" }, { Next: ResolverNode { Target.Subset: "v1" } }],
            },
            "the last good router stays, the new resolver is used");
        Assert.That(mesh.Live.Synced, Is.False);
    }

    [Test]
    public async Task Instances_of_another_datacenter_are_read_there()
    {
        await using var far = await ConsulAgent.StartAsync(new ConsulAgentOptions { Datacenter = "dc2", MeetsOthers = true });
        await JoinAsync(far);
        await far.RegisterInstanceAsync("web", 3001, "\"version\":\"v2\"");
        await _agent.RegisterInstanceAsync("web", 2001, "\"version\":\"v1\"");
        await _agent.WriteEntryAsync(
            """{"Kind":"service-resolver","Name":"web","Subsets":{"v2":{"Filter":"Service.Meta.version == v2"}},"Failover":{"*":{"Datacenters":["dc2"]}}}""");
        await _agent.WriteEntryAsync(
            """{"Kind":"service-resolver","Name":"new","Redirect":{"Service":"web","ServiceSubset":"v2","Datacenter":"dc2"}}""");
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["web", "new"]);
        await TargetIsAsync(mesh, "web.default.dc2", "web-1@127.0.0.1:3001 in dc2");
        await TargetIsAsync(mesh, "v2.web.default.dc2", "web-1@127.0.0.1:3001 in dc2");
        await TargetIsAsync(mesh, "web.default.dc1", "web-1@127.0.0.1:2001");
        Assert.That(mesh.Live.Current.Services["web"].Endpoints, Has.Length.EqualTo(1), "remote instances are not local ones");
    }

    private static string Resolver(string filter) =>
        $$$$"""{"Kind":"service-resolver","Name":"web","DefaultSubset":"fit","Subsets":{"fit":{"Filter":"{{{{filter}}}}"}}}""";

    private static string Describe(ConsulMesh mesh, string id) => !mesh.Live.Current.Targets.TryGetValue(id, out var target) ? "unknown"
        : string.Join(
            ' ',
            target.Endpoints.Select(
                endpoint => $"{endpoint.Id}@{endpoint.Address}{(endpoint.Healthy ? "" : "!")}{(endpoint.Datacenter.Length > 0 ? $" in {endpoint.Datacenter}" : "")}"));

    private static Task TargetIsAsync(ConsulMesh mesh, string id, string expected) =>
        mesh.HoldsAsync(
            _ => Describe(mesh, id) == expected,
            $"{id} is {expected}; targets: "
                + $"{string.Join(", ", mesh.Live.Current.Targets.Keys.Select(key => $"{key} = {Describe(mesh, key)}"))}");

    private async Task JoinAsync(ConsulAgent far)
    {
        _ = await far.PutAsync(string.Create(CultureInfo.InvariantCulture, $"/v1/agent/join/127.0.0.1:{_agent.WanPort}?wan=1"));
        for (var tries = 0; !(await _agent.GetAsync("/v1/catalog/datacenters")).Contains("dc2", StringComparison.Ordinal); tries++)
        {
            Assert.That(tries, Is.LessThan(600), "timed out joining the datacenters");
            await Task.Delay(100);
        }
    }
}
