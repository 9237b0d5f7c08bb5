using System.Text.Json;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Consul.Agents;
using GatewayMesh.Registry.Consul.Registration;
using Microsoft.Extensions.Time.Testing;
using ConsulAgent = GatewayMesh.Fixtures.ConsulAgent;

namespace GatewayMesh.Registry.Tests.Consul.Registration;

/// <summary>The state of real agents after a node has published itself.</summary>
internal sealed class ConsulRegistrationTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<IAsyncDisposable> _opened = [];
    private ConsulAgent _consul = null!;

    [SetUp]
    public async Task Start() => _consul = await ConsulAgent.StartAsync();

    [TearDown]
    public async Task Stop()
    {
        foreach (var opened in _opened)
        {
            await opened.DisposeAsync();
        }

        _opened.Clear();
        await _consul.DisposeAsync();
    }

    [Test]
    public async Task A_published_node_is_found_by_callers_and_by_status()
    {
        var bootstrap = Bootstraps.Sidecar();
        await Open(bootstrap).PublishAsync(Bootstraps.Record(bootstrap), default);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                await StatusesAsync("web"),
                Is.EqualTo("serfHealth=passing service:web-1-sidecar-proxy:alias=passing service:web-1-sidecar-proxy:live=passing"));
            Assert.That(await _consul.GetAsync("/v1/kv/gatewaymesh/nodes/host-a?raw"), Does.StartWith("node: \"host-a\"\nrole: sidecar\n"));
            Assert.That(
                await _consul.GetAsync("/v1/session/list"), Does.Contain("\"TTL\": \"15s\"").And.Contain("\"Behavior\": \"delete\""));
        }
    }

    [Test]
    public async Task Gateways_and_ingresses_are_registered_under_their_service_names()
    {
        foreach (var bootstrap in new[] { Bootstraps.Gateway(), Bootstraps.Ingress() })
        {
            await Open(bootstrap).PublishAsync(Bootstraps.Record(bootstrap), default);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                await _consul.GetAsync("/v1/health/service/gatewaymesh-gateway?passing"),
                Does.Contain("\"gatewaymesh-tunnel\": \"10.0.0.9:15444\""));
            Assert.That(await _consul.GetAsync("/v1/health/service/gatewaymesh-ingress?passing"), Does.Contain("\"Port\": 8080"));
        }
    }

    [Test]
    public async Task A_restarted_agent_has_all_registrations_after_the_next_publication()
    {
        var bootstrap = Bootstraps.Sidecar();
        var registration = Open(bootstrap);
        var record = Bootstraps.Record(bootstrap);
        await registration.PublishAsync(record, default);
        await _consul.KillAsync();
        Assert.That(async () => await registration.PublishAsync(record, default), Throws.InstanceOf<IOException>());
        await _consul.StartAgainAsync();
        await PublishUntilWellAsync(registration, record);
        Assert.That(await StatusesAsync("web"), Does.Contain("live=passing"));
        Assert.That(await _consul.GetAsync("/v1/kv/gatewaymesh/nodes/host-a?raw"), Does.StartWith("node:"));
    }

    [Test]
    public async Task A_registration_removed_by_hand_returns_within_thirty_seconds()
    {
        var bootstrap = Bootstraps.Sidecar();
        var registration = Open(bootstrap);
        var record = Bootstraps.Record(bootstrap);
        await registration.PublishAsync(record, default);
        _ = await _consul.PutAsync("/v1/agent/check/deregister/service:web-1-sidecar-proxy:live");
        await registration.PublishAsync(record, default);
        Assert.That(await StatusesAsync("web"), Does.Not.Contain("live"), "a check is not verified on each publication");
        _time.Advance(ConsulRegistration.AssertInterval);
        await registration.PublishAsync(record, default);
        Assert.That(await StatusesAsync("web"), Does.Contain("live=passing"));

        _ = await _consul.PutAsync("/v1/agent/service/deregister/web-1-sidecar-proxy");
        await registration.PublishAsync(record, default);
        await registration.PublishAsync(record, default);
        Assert.That(await StatusesAsync("web"), Does.Contain("live=passing"));
    }

    [Test]
    public async Task Publishing_again_wakes_no_watch_and_resets_no_check()
    {
        var bootstrap = Bootstraps.Sidecar();
        var registration = Open(bootstrap);
        var record = Bootstraps.Record(bootstrap);
        await registration.PublishAsync(record, default);
        _ = await _consul.PutAsync("/v1/agent/check/fail/service:web-1-sidecar-proxy:live");
        await UntilAsync(async () => (await StatusesAsync("web")).Contains("live=critical", StringComparison.Ordinal));

        // Consul sends the output of an alias check only with its next change.
        _time.Advance(ConsulRegistration.AssertInterval);
        await registration.PublishAsync(record, default);
        await UntilAsync(
            async () => (await _consul.GetAsync("/v1/health/connect/web")).Contains("No checks found.", StringComparison.Ordinal));
        var before = await IndexAsync("web");
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(ConsulRegistration.AssertInterval / 4);
            await registration.PublishAsync(record with { At = _time.GetUtcNow() }, default);
        }

        Assert.That(await IndexAsync("web"), Is.EqualTo(before));
        Assert.That(await StatusesAsync("web"), Does.Contain("live=critical"));
    }

    [Test]
    public async Task A_process_that_takes_over_resets_no_check()
    {
        var bootstrap = Bootstraps.Sidecar();
        await Open(bootstrap).PublishAsync(Bootstraps.Record(bootstrap), default);
        _ = await _consul.PutAsync("/v1/agent/check/fail/service:web-1-sidecar-proxy:live");
        await UntilAsync(async () => (await StatusesAsync("web")).Contains("live=critical", StringComparison.Ordinal));
        await Open(bootstrap).PublishAsync(Bootstraps.Record(bootstrap), default);
        Assert.That(await StatusesAsync("web"), Does.Contain("live=critical"));
    }

    [Test]
    public async Task A_withdrawn_node_leaves_nothing_behind()
    {
        var services = await _consul.GetAsync("/v1/agent/services");
        var bootstrap = Bootstraps.Sidecar("host-a", Bootstraps.Web() with { Health = new HealthSpec() });
        var registration = Open(bootstrap);
        await registration.PublishAsync(Bootstraps.Record(bootstrap), default);
        await registration.WithdrawAsync(default);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(await _consul.GetAsync("/v1/agent/services"), Is.EqualTo(services));
            Assert.That((await _consul.GetAsync("/v1/agent/checks")).Trim(), Is.EqualTo("{}"));
            Assert.That((await _consul.GetAsync("/v1/session/list")).Trim(), Is.EqualTo("[]"));
            Assert.That(
                async () => await _consul.GetAsync("/v1/kv/gatewaymesh/nodes/host-a"),
                Throws.InstanceOf<HttpRequestException>().With.Message.Contain("404"));
        }

        await registration.PublishAsync(Bootstraps.Record(bootstrap), default);
        Assert.That(await StatusesAsync("web"), Does.Contain("live=passing"), "the node may return");
    }

    [Test]
    public async Task A_node_that_withdraws_while_the_agent_is_gone_is_removed_when_the_agent_returns()
    {
        await using var durable = await ConsulAgent.StartAsync(new ConsulAgentOptions { Durable = true });
        var bootstrap = Bootstraps.Sidecar();
        var registration = Open(bootstrap, durable);
        await registration.PublishAsync(Bootstraps.Record(bootstrap), default);
        await durable.KillAsync();
        Assert.That(async () => await registration.WithdrawAsync(default), Throws.InstanceOf<IOException>());
        await durable.StartAgainAsync();
        await UntilAsync(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return (await durable.GetAsync("/v1/agent/services")).Trim() == "{}";
        });
    }

    [Test]
    public async Task Registrations_of_an_earlier_configuration_are_removed()
    {
        var before = Bootstraps.Sidecar(
            "host-a", Bootstraps.Web() with { Health = new HealthSpec() }, Bootstraps.Web("old-1") with { Name = "old" });
        await Open(before).PublishAsync(Bootstraps.Record(before), default);
        await Open(Bootstraps.Gateway("host-a")).PublishAsync(Bootstraps.Record(Bootstraps.Gateway("host-a")), default);
        var after = Bootstraps.Sidecar();
        await Open(after).PublishAsync(Bootstraps.Record(after), default);
        Assert.That(await IdsAsync("/v1/agent/services"),
            Is.EquivalentTo(new[] { "web-1", "web-1-sidecar-proxy", "gatewaymesh-gateway-host-a" }), "a gateway with the same name stays");
        Assert.That(await IdsAsync("/v1/agent/checks"), Does.Not.Contain("service:web-1"));
    }

    [Test]
    public async Task A_reload_registers_new_services_and_removes_old_ones()
    {
        var before = Bootstraps.Sidecar("host-a", Bootstraps.Web());
        var registration = Open(before);
        await registration.PublishAsync(Bootstraps.Record(before), default);
        var after = Bootstraps.Sidecar("host-a", Bootstraps.Web("web-2"));
        registration.Reconfigure(after);
        await registration.PublishAsync(Bootstraps.Record(after), default);
        Assert.That(await IdsAsync("/v1/agent/services"), Is.EquivalentTo(new[] { "web-2", "web-2-sidecar-proxy" }));
    }

    [Test]
    public async Task An_operators_maintenance_mode_stays()
    {
        var bootstrap = Bootstraps.Sidecar();
        await Open(bootstrap).PublishAsync(Bootstraps.Record(bootstrap), default);
        _ = await _consul.PutAsync("/v1/agent/service/maintenance/web-1-sidecar-proxy?enable=true&reason=disk");
        await Open(bootstrap).PublishAsync(Bootstraps.Record(bootstrap), default);
        Assert.That(await StatusesAsync("web"), Does.Contain("_service_maintenance:web-1-sidecar-proxy=critical"));
    }

    [Test]
    public async Task An_id_of_another_live_node_is_refused_and_the_rest_is_registered()
    {
        var other = Bootstraps.Sidecar("host-b");
        await Open(other).PublishAsync(Bootstraps.Record(other), default);
        var bootstrap = Bootstraps.Sidecar("host-a", Bootstraps.Web(), Bootstraps.Web("api-1") with { Name = "api" });
        var registration = Open(bootstrap);
        Assert.That(
            async () => await registration.PublishAsync(Bootstraps.Record(bootstrap), default),
            Throws.InstanceOf<IOException>()
                .With.Message.Contain("web-1-sidecar-proxy is registered at")
                .And.Message.Contain("by node host-b, which is alive"));
        Assert.That(await StatusesAsync("api"), Does.Contain("live=passing"));

        _ = await _consul.PutAsync("/v1/agent/check/fail/service:web-1-sidecar-proxy:live");
        _ = await _consul.PutAsync("/v1/agent/service/maintenance/web-1?enable=true");
        await registration.PublishAsync(Bootstraps.Record(bootstrap), default);
        Assert.That(await _consul.GetAsync("/v1/agent/service/web-1-sidecar-proxy"), Does.Contain("\"gatewaymesh-node\": \"host-a\""));
    }

    [Test]
    public async Task A_registration_made_by_hand_is_not_overwritten()
    {
        _ = await _consul.PutAsync("/v1/agent/service/register", """{"ID":"web-1","Name":"web","Port":9999}""");
        var bootstrap = Bootstraps.Sidecar();
        Assert.That(
            async () => await Open(bootstrap).PublishAsync(Bootstraps.Record(bootstrap), default),
            Throws.InstanceOf<IOException>().With.Message.Contain("web-1 is already registered at").And.Message.Contain("--sidecar-for"));
        Assert.That(await _consul.GetAsync("/v1/agent/service/web-1"), Does.Contain("\"Port\": 9999"));
    }

    [Test]
    public async Task A_fronted_registration_gets_a_check_and_goes_into_maintenance_when_the_node_leaves()
    {
        _ = await _consul.PutAsync(
            "/v1/agent/service/register",
            """{"ID":"web-1","Name":"web","Port":8080,"Connect":{"SidecarService":{"Port":20001,"Checks":[{"Name":"mine","TTL":"1h","Status":"passing"}]}}}""");
        var ours = await _consul.GetAsync("/v1/agent/service/web-1-sidecar-proxy");
        var bootstrap = Bootstraps.Sidecar("host-a", Bootstraps.Web() with { RegisteredProxy = "web-1-sidecar-proxy" });
        var registration = Open(bootstrap);
        await registration.PublishAsync(Bootstraps.Record(bootstrap), default);
        Assert.That(
            await StatusesAsync("web"),
            Is.EqualTo("serfHealth=passing service:web-1-sidecar-proxy:live=passing service:web-1-sidecar-proxy=passing"));
        Assert.That(await _consul.GetAsync("/v1/agent/service/web-1-sidecar-proxy"), Is.EqualTo(ours));

        await registration.WithdrawAsync(default);
        Assert.That(
            await StatusesAsync("web"),
            Is.EqualTo("_service_maintenance:web-1-sidecar-proxy=critical serfHealth=passing service:web-1-sidecar-proxy=passing"));
        await registration.PublishAsync(Bootstraps.Record(bootstrap), default);
        Assert.That(
            await StatusesAsync("web"),
            Is.EqualTo("serfHealth=passing service:web-1-sidecar-proxy:live=passing service:web-1-sidecar-proxy=passing"));
    }

    [Test]
    public async Task Registrations_move_to_another_agent_only_after_a_long_outage_of_the_home_agent_and_return_with_it()
    {
        await using var other = await ConsulAgent.StartAsync();
        var bootstrap = Bootstraps.Sidecar();
        var registration = Open(bootstrap, _consul, other);
        var record = Bootstraps.Record(bootstrap);
        await registration.PublishAsync(record, default);
        await _consul.KillAsync();
        Assert.That(async () => await registration.PublishAsync(record, default), Throws.InstanceOf<IOException>());
        Assert.That((await other.GetAsync("/v1/agent/services")).Trim(), Is.EqualTo("{}"));
        _time.Advance(ConsulAgents.HomeGone);
        await registration.PublishAsync(record, default);
        Assert.That(await other.GetAsync("/v1/agent/services"), Does.Contain("web-1-sidecar-proxy"));

        await _consul.StartAgainAsync();
        await UntilAsync(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(10));
            await registration.PublishAsync(record, default);
            return (await _consul.GetAsync("/v1/agent/services")).Contains("web-1-sidecar-proxy", StringComparison.Ordinal);
        });
        await UntilAsync(async () =>
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            return (await other.GetAsync("/v1/agent/services")).Trim() == "{}";
        });
    }

    [Test]
    public async Task A_node_without_a_guard_updates_its_own_check_and_a_guarded_node_does_not()
    {
        var bootstrap = Bootstraps.Gateway();
        var registration = Open(bootstrap);
        await registration.PublishAsync(Bootstraps.Record(bootstrap), default);
        _ = await _consul.PutAsync("/v1/agent/check/fail/service:gatewaymesh-gateway-gateway-1:live");
        _time.Advance(TimeSpan.FromSeconds(3));
        await registration.PublishAsync(Bootstraps.Record(bootstrap), default);
        Assert.That(await _consul.GetAsync("/v1/health/service/gatewaymesh-gateway?passing"), Does.StartWith("[]"));
        registration.Vouch(serves: true);
        await UntilAsync(
            async () => (
                await _consul.GetAsync("/v1/health/service/gatewaymesh-gateway?passing")).Contains("gateway-1", StringComparison.Ordinal));
    }

    [Test]
    public async Task A_process_that_ends_leaves_the_record_to_its_successor()
    {
        var bootstrap = Bootstraps.Sidecar();
        var old = Open(bootstrap);
        var young = Open(bootstrap);
        await old.PublishAsync(Bootstraps.Record(bootstrap) with { Version = "1" }, default);
        await young.PublishAsync(Bootstraps.Record(bootstrap) with { Version = "2" }, default);
        Assert.That(await VersionAsync(), Is.EqualTo("version: \"2\""));
        _ = _opened.Remove(old);
        await old.DisposeAsync();
        Assert.That(await VersionAsync(), Is.Not.Null, "a released lock removes nothing");
        await young.PublishAsync(Bootstraps.Record(bootstrap) with { Version = "2" }, default);
        Assert.That(await VersionAsync(), Is.EqualTo("version: \"2\""));
    }

    [Test]
    public async Task Two_nodes_of_one_name_find_each_others_record_within_a_few_heartbeats()
    {
        var bootstrap = Bootstraps.Gateway();
        var (first, second) = (Open(bootstrap), Open(bootstrap));
        HashSet<DateTimeOffset> byFirst = [];
        HashSet<DateTimeOffset> bySecond = [];
        for (var beat = 0; beat < 8; beat++)
        {
            await PublishAsync(first, "one", byFirst);
            _time.Advance(TimeSpan.FromSeconds(0.5));
            await PublishAsync(second, "two", bySecond);
            _time.Advance(TimeSpan.FromSeconds(1.5));
        }

        Assert.That(byFirst, Has.Count.GreaterThanOrEqualTo(2), "records of the second node");
        Assert.That(bySecond, Has.Count.GreaterThanOrEqualTo(2), "records of the first node");

        async Task PublishAsync(ConsulRegistration registration, string instance, HashSet<DateTimeOffset> found)
        {
            await registration.PublishAsync(Bootstraps.Record(bootstrap) with { Instance = instance, At = _time.GetUtcNow() }, default);
            if (registration.Displaced is { } other)
            {
                Assert.That(other.Instance, Is.Not.EqualTo(instance));
                _ = found.Add(other.At);
            }
        }
    }

    [Test]
    public async Task A_worker_that_replaces_another_finds_no_other_node()
    {
        var bootstrap = Bootstraps.Gateway();
        var (old, young) = (Open(bootstrap), Open(bootstrap));
        for (var beat = 0; beat < 4; beat++)
        {
            foreach (var registration in (ConsulRegistration[])[old, young])
            {
                await registration.PublishAsync(Bootstraps.Record(bootstrap) with { Instance = "one", At = _time.GetUtcNow() }, default);
                Assert.That(registration.Displaced, Is.Null);
                _time.Advance(TimeSpan.FromSeconds(3));
            }
        }
    }

    [Test]
    public async Task A_token_with_the_rights_of_the_service_is_enough_and_one_without_is_refused_with_the_reason()
    {
        await using var consul = await ConsulAgent.StartAsync(new ConsulAgentOptions { Acl = true });
        var rules =
            """service \"web\" {policy=\"write\"} service \"web-sidecar-proxy\" {policy=\"write\"} service_prefix \"\" {policy=\"read\"} node_prefix \"\" {policy=\"read\"} key_prefix \"gatewaymesh/nodes/\" {policy=\"write\"} session_prefix \"\" {policy=\"write\"}""";
        _ = await consul.PutAsync("/v1/acl/policy", $$"""{"Name":"web","Rules":"{{rules}}"}""");
        using var made = JsonDocument.Parse(await consul.PutAsync("/v1/acl/token", """{"Policies":[{"Name":"web"}]}"""));
        var bootstrap = Bootstraps.Sidecar();
        await Open(
            bootstrap, [consul], made.RootElement.GetProperty("SecretID").GetString()!).PublishAsync(Bootstraps.Record(bootstrap), default);
        Assert.That(await consul.GetAsync("/v1/health/connect/web?passing"), Does.Contain("web-1-sidecar-proxy"));
        Assert.That(
            async () => await Open(Bootstraps.Gateway(), [consul], "").PublishAsync(Bootstraps.Record(Bootstraps.Gateway()), default),
            Throws.InstanceOf<IOException>().With.Message.Contain("Permission denied"));
    }

    private ConsulRegistration Open(BootstrapSpec bootstrap, params ConsulAgent[] agents) => Open(bootstrap, agents, "");

    private ConsulRegistration Open(BootstrapSpec bootstrap, ConsulAgent[] agents, string token)
    {
        var access = new ConsulAccess
        {
            Agents = [.. (agents.Length == 0 ? [_consul] : agents).Select(agent => new Uri($"http://{agent.Address}"))],
            Token = token,
        };
        var registration = new ConsulRegistration(new ConsulAgents(access, _time), bootstrap, _time);
        _opened.Add(registration);
        return registration;
    }

    private static async Task PublishUntilWellAsync(ConsulRegistration registration, NodeRecord record) => await UntilAsync(async () =>
    {
        try
        {
            await registration.PublishAsync(record, default);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    });

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(60)), "timed out");
            await Task.Delay(20);
        }
    }

    private async Task<string?> VersionAsync() =>
        (await _consul.GetAsync("/v1/kv/gatewaymesh/nodes/host-a?raw"))
            .Split('\n')
            .FirstOrDefault(line => line.StartsWith("version", StringComparison.Ordinal));

    private async Task<List<string>> IdsAsync(string path)
    {
        using var document = JsonDocument.Parse(await _consul.GetAsync(path));
        return [.. document.RootElement.EnumerateObject().Select(item => item.Name)];
    }

    private async Task<string> StatusesAsync(string service)
    {
        using var document = JsonDocument.Parse(await _consul.GetAsync($"/v1/health/connect/{service}"));
        return string.Join(' ', document.RootElement.EnumerateArray().SelectMany(entry => entry.GetProperty("Checks").EnumerateArray())
            .Select(check => $"{check.GetProperty("CheckID")}={check.GetProperty("Status")}").Order(StringComparer.Ordinal));
    }

    private async Task<string> IndexAsync(string service)
    {
        using var answer = await _consul.Client.GetAsync(new Uri($"/v1/health/connect/{service}", UriKind.Relative));
        return answer.Headers.GetValues("X-Consul-Index").Single();
    }
}
