using GatewayMesh.Fixtures;
using GatewayMesh.Registry.Live;

namespace GatewayMesh.Registry.Tests.Consul.Watching;

/// <summary>Reading from a real Consul.</summary>
public sealed class ReadingTests
{
    private ConsulAgent _agent = null!;

    [SetUp]
    public async Task StartAgent() => _agent = await ConsulAgent.StartAsync();

    [TearDown]
    public async Task StopAgent()
    {
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
        {
            await TestContext.Out.WriteLineAsync(_agent.Log);
        }

        await _agent.DisposeAsync();
    }

    [Test]
    public async Task An_instance_is_added_becomes_critical_and_is_removed()
    {
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["web"]);
        await mesh.HoldsAsync(live => live.Origin == ConfigurationOrigin.Registry && live.Synced, "the empty mesh is known");

        await _agent.RegisterInstanceAsync("web", 2001);
        await mesh.EndpointsAreAsync("web", "web-1@127.0.0.1:2001");
        _ = await _agent.PutAsync("/v1/agent/check/fail/web-1-live");
        await mesh.EndpointsAreAsync("web", "web-1@127.0.0.1:2001!");
        _ = await _agent.PutAsync("/v1/agent/check/pass/web-1-live");
        await mesh.EndpointsAreAsync("web", "web-1@127.0.0.1:2001");
        _ = await _agent.PutAsync("/v1/agent/service/deregister/web-1-sidecar-proxy");
        await mesh.EndpointsAreAsync("web", "");
        Assert.That(mesh.Live.Synced, Is.True);
    }

    [Test]
    public async Task All_instances_are_kept_when_all_are_critical()
    {
        await _agent.RegisterInstanceAsync("web", 2001, status: "critical");
        await _agent.RegisterInstanceAsync("web", 2002, status: "critical", id: "web-2");
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["web"]);
        await mesh.EndpointsAreAsync("web", "web-1@127.0.0.1:2001! web-2@127.0.0.1:2002!");
    }

    [Test]
    public async Task Entries_and_policies_are_used_and_the_last_good_version_of_an_invalid_one_stays()
    {
        await _agent.RegisterInstanceAsync("web", 2001);
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["web"]);
        await mesh.EndpointsAreAsync("web", "web-1@127.0.0.1:2001");

        await _agent.WriteEntryAsync(
            """{"Kind":"service-defaults","Name":"web","Protocol":"grpc","MeshGateway":{"Mode":"local"},"Meta":{"a":"b"}}""");
        await mesh.HoldsAsync(live => live.Current.Services["web"].Protocol == "grpc", "service-defaults is used");
        await _agent.WriteEntryAsync("""{"Kind":"service-defaults","Name":"web","Protocol":"tcp"}""");
        await mesh.HoldsAsync(live => live.Errors.Any(error => error.File == "consul:service-defaults/web" && error.Path == "protocol"),
            "the invalid entry is reported");
        Assert.That(mesh.Live.Current.Services["web"].Protocol, Is.EqualTo("grpc"));
        _ = await _agent.DeleteAsync("/v1/config/service-defaults/web");
        await mesh.HoldsAsync(live => live.Errors.IsEmpty && live.Current.Services["web"].Protocol == "http", "the entry is gone");

        await _agent.WriteEntryAsync("""{"Kind":"service-defaults","Name":"web","Protocol":"http"}""");
        await _agent.WriteEntryAsync(
            """{"Kind":"ingress-gateway","Name":"edge","Listeners":[{"Port":8080,"Protocol":"http","Services":[{"Name":"web","Hosts":["web.example.com"]}]}]}""");
        await mesh.HoldsAsync(live => live.Current.Ingress.TryGetValue(("edge", 8080), out var ingress)
            && ingress.Find("web.example.com") == "web", "the ingress is used");

        _ = await _agent.PutAsync("/v1/kv/gatewaymesh/service-policy/*", "timeouts: { request: 7s }");
        _ = await _agent.PutAsync("/v1/kv/gatewaymesh/service-policy/web", """{"retries":{"maxAttempts":2}}""");
        await mesh.HoldsAsync(
            live => live.Current.Services["web"].Policy is { Retries.MaxAttempts: 2, Timeouts.Request.TotalSeconds: 7 },
            "the policies are used");
        _ = await _agent.PutAsync("/v1/kv/gatewaymesh/service-policy/web", "retries: { maxAttempts: 200 }");
        await mesh.HoldsAsync(live => live.Errors.Any(error => error.ToString().StartsWith("consul:kv/gatewaymesh/service-policy/web:1:",
            StringComparison.Ordinal)), "the invalid policy is reported");
        Assert.That(mesh.Live.Current.Services["web"].Policy.Retries.MaxAttempts, Is.EqualTo(2));
    }

    [Test]
    public async Task The_datacenter_is_the_cluster()
    {
        await using var mesh = ConsulMesh.Open(_agent.Registry, ["web"]);
        await mesh.HoldsAsync(live => live.Datacenter == "dc1", "the datacenter is known");
    }
}
