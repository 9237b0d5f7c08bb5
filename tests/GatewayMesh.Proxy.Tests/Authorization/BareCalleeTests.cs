using System.Net;
using System.Text.Json;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Authorization;

/// <summary>Instances without a sidecar: only the caller's side enforces intentions.</summary>
public class BareCalleeTests
{
    private const IntentionAction Allow = IntentionAction.Allow;
    private const IntentionAction Deny = IntentionAction.Deny;
    private const string Get = "GET /x HTTP/1.1\r\nHost: legacy\r\n\r\n";

    private CertifiedMesh _mesh = null!;
    private Backend _legacy = null!;

    [SetUp]
    public void Make()
    {
        _mesh = new CertifiedMesh();
        _legacy = Backend.Answering("old");
    }

    [TearDown]
    public async Task End()
    {
        await _mesh.DisposeAsync();
        _legacy.Dispose();
    }

    [Test]
    public async Task A_callers_sidecar_enforces_intentions_for_a_callee_without_a_sidecar()
    {
        var web = await Enforcing("sidecar", "web", "batch");
        web.BareService("legacy", _legacy.HostPort).Intentions(Deny, ("web", "legacy", Allow));
        using var allowed = await RawConnection.To(web.Outbound());
        using var denied = await RawConnection.To(web.Outbound("batch"));

        var answer = await denied.Ask(Get);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await allowed.Ask(Get)).Body, Is.EqualTo("old"));
            Assert.That(answer.Status, Is.EqualTo(403));
            Assert.That(answer["Proxy-Status"], Does.StartWith("gatewaymesh; error=http_request_denied; forwarded=?0"));
            Assert.That(_legacy.Executed, Is.EqualTo(1));
            Assert.That(web.Metrics(), Does.Contain("gatewaymesh_intentions_denied_total{source=\"batch\",destination=\"legacy\"} 1"));
        }
    }

    [Test]
    public async Task Request_permissions_apply_to_a_callee_without_a_sidecar()
    {
        var web = await Enforcing("sidecar", "web");
        web.BareService("legacy", _legacy.HostPort).Intentions(
            Permitting("web", "legacy", new PermissionRule(Allow) { PathRule = new PathRule(PathTest.Prefix, "/public") }));
        using var client = await RawConnection.To(web.Outbound());

        Assert.That((await client.Ask("GET /public/x HTTP/1.1\r\nHost: legacy\r\n\r\n")).Status, Is.EqualTo(200));
        Assert.That((await client.Ask("GET /admin HTTP/1.1\r\nHost: legacy\r\n\r\n")).Status, Is.EqualTo(403));
        Assert.That((await client.Ask("GET /public/../admin HTTP/1.1\r\nHost: legacy\r\n\r\n")).Status, Is.EqualTo(403));
        Assert.That(_legacy.Executed, Is.EqualTo(1));
    }

    [Test]
    public async Task An_upstream_port_does_not_evade_intentions()
    {
        var web = await Enforcing("sidecar", "web");
        web.BareService("legacy", _legacy.HostPort).Intentions(Allow, ("web", "legacy", Deny));
        using var client = await RawConnection.To(
            web.Open(ListenerKind.Upstream, "upstream/web/legacy", spec => spec with { Service = "web", Upstream = "legacy" }));

        Assert.That((await client.Ask(Get)).Status, Is.EqualTo(403));
        Assert.That(_legacy.Executed, Is.Zero);
    }

    [Test]
    public async Task An_ingress_denies_calls_to_a_bare_callee_without_naming_services()
    {
        var ingress = await Enforcing("ingress", "gatewaymesh-ingress");
        var address = ingress.BareService("legacy", _legacy.HostPort).Open(ListenerKind.Ingress, "ingress/1");
        ingress.Ingress(address.Port, ("*", "legacy")).Intentions(Allow, ("gatewaymesh-ingress", "legacy", Deny));
        using var client = await RawConnection.To(address);

        var answer = await client.Ask(Get);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(403));
            Assert.That(answer.Head + answer.Body, Does.Not.Contain("legacy").And.Not.Contain("gatewaymesh-ingress"));
            Assert.That(_legacy.Executed, Is.Zero);
        }
    }

    [Test]
    public async Task A_gateway_denies_calls_that_a_guard_carries()
    {
        var gateway = await Enforcing("gateway", "gatewaymesh-gateway");
        gateway.BareService("legacy", _legacy.HostPort).Intentions(Allow, ("web", "legacy", Deny));
        using var tunnel = await CertifiedMesh.As(_mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(gateway), ProtocolNames.Tunnel);
        await tunnel.Send(new TunnelHello("web", null, "host-a", "1").ToBytes());
        await TunnelTests.Answer(tunnel);

        Assert.That((await tunnel.Ask(Get)).Status, Is.EqualTo(403));
        Assert.That(_legacy.Executed, Is.Zero);
    }

    [Test]
    public async Task Intentions_apply_to_the_target_of_the_route_and_not_to_the_requested_name()
    {
        var web = await Enforcing("sidecar", "web");
        web.BareService("legacy", _legacy.HostPort);
        var target = new TargetModel("legacy.default.dc1", "legacy", "", "dc1")
        {
            Endpoints = [new EndpointModel("legacy", "legacy-0", "", _legacy.HostPort, Healthy: true)],
        };
        web.Route("shop", Routes.Resolver(target));
        web.Intentions(Allow, ("web", "legacy", Deny));
        using var client = await RawConnection.To(web.Outbound());

        Assert.That((await client.Ask("GET /x HTTP/1.1\r\nHost: shop\r\n\r\n")).Status, Is.EqualTo(403));
        web.Intentions(Allow, ("web", "shop", Deny));
        Assert.That((await client.Ask("GET /x HTTP/1.1\r\nHost: shop\r\n\r\n")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_service_with_sidecar_and_bare_instances_is_authorized_on_the_callers_side_first()
    {
        using var payments = Backend.Answering("paid");
        var (_, inbound) = await _mesh.Sidecar("payments", payments);
        var web = await Enforcing("sidecar", "web");
        web.Service("payments", PolicyModel.Default,
        [
            new EndpointModel("payments", "payments-0", "host-b", new HostPort("127.0.0.1", inbound.Port), Healthy: true),
            new EndpointModel("payments", "payments-1", "", _legacy.HostPort, Healthy: true),
        ]);
        web.Intentions(Allow, ("web", "payments", Deny));
        using var client = await RawConnection.To(web.Outbound());

        for (var i = 0; i < 10; i++)
        {
            Assert.That((await client.Ask("GET /x HTTP/1.1\r\nHost: payments\r\n\r\n")).Status, Is.EqualTo(403));
        }

        Assert.That((_legacy.Executed, payments.Executed), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task An_instance_that_lost_its_sidecar_after_the_decision_is_not_tried_for_a_denied_caller()
    {
        var asked = new TaskCompletionSource();
        var broken = new TaskCompletionSource();
        using var payments = new Backend(async (_, connection) =>
        {
            asked.TrySetResult();
            await broken.Task;
            connection.Reset();
        });
        var (_, inbound) = await _mesh.Sidecar("payments", payments);
        var web = await Enforcing("sidecar", "web");
        var first = new EndpointModel("payments", "payments-0", "host-b", new HostPort("127.0.0.1", inbound.Port), Healthy: true);
        web.Service("payments", PolicyModel.Default,
            [first, new EndpointModel("payments", "payments-1", "host-c", _legacy.HostPort, Healthy: false)]);
        web.Intentions(Allow, ("web", "payments", Deny));
        using var client = await RawConnection.To(web.Outbound());

        var answer = client.Ask("GET /x HTTP/1.1\r\nHost: payments\r\n\r\n");
        await asked.Task.WaitAsync(RawConnection.Patience);
        web.Service("payments", PolicyModel.Default,
            [first, new EndpointModel("payments", "payments-1", "", _legacy.HostPort, Healthy: true)]);
        broken.SetResult();

        Assert.That((await answer).Status, Is.EqualTo(403));
        Assert.That(_legacy.Executed, Is.Zero);
    }

    [Test]
    public async Task A_stream_to_a_bare_callee_is_ended_when_its_caller_is_no_longer_allowed()
    {
        using var slow = new Backend(
            async (_, connection) => await connection.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"));
        var web = await Enforcing("sidecar", "web");
        web.BareService("legacy", slow.HostPort).Intentions(Allow);
        using var client = await RawConnection.To(web.Outbound());
        await client.Send(Get);
        Assert.That(await client.ReadHead(), Does.StartWith("HTTP/1.1 200"));

        web.Intentions(Deny);

        Assert.That(await client.IsEnded());
    }

    [Test]
    public async Task Unknown_intentions_deny_calls_to_a_bare_callee()
    {
        var web = await Enforcing("sidecar", "web");
        web.BareService("legacy", _legacy.HostPort).Intentions(null);
        using var client = await RawConnection.To(web.Outbound());

        var answer = await client.Ask(Get);

        Assert.That(
            (answer.Status, JsonDocument.Parse(answer.Body).RootElement.GetProperty("error").GetString()),
            Is.EqualTo((403, "intentions_unknown")));
    }

    [Test]
    public async Task Plaintext_identity_enforces_nothing_for_a_bare_callee()
    {
        await using var mesh = await Mesh.Start();
        mesh.BareService("legacy", _legacy.HostPort).Intentions(Deny);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Get)).Body, Is.EqualTo("old"));
    }

    [Test]
    public async Task A_callee_with_a_sidecar_is_authorized_by_its_own_sidecar()
    {
        using var payments = Backend.Answering("paid");
        var (_, inbound) = await _mesh.Sidecar("payments", payments);
        var web = await Enforcing("sidecar", "web");
        web.Service("payments", new HostPort("127.0.0.1", inbound.Port)).Intentions(Deny);
        using var client = await RawConnection.To(web.Outbound());

        Assert.That((await client.Ask("GET /x HTTP/1.1\r\nHost: payments\r\n\r\n")).Body, Is.EqualTo("paid"));
    }

    private Task<Mesh> Enforcing(string role, params string[] services) =>
        _mesh.Plane(role, services, options => options with { EnforcesIntentions = true });

    private static DeclaredIntentions Permitting(string source, string destination, PermissionRule permission) =>
        new(
            [new ServiceIntentionsEntry { Name = destination, Sources = [new IntentionSource(source) { Permissions = [permission] }] }],
            Deny);
}
