using System.Net;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Identity;

/// <summary>Calls with certificates.</summary>
public class MutualTests
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: payments\r\n\r\n";

    private CertifiedMesh _mesh = null!;

    [SetUp]
    public void Make() => _mesh = new CertifiedMesh();

    [TearDown]
    public async Task End() => await _mesh.DisposeAsync();

    [Test]
    public async Task A_call_goes_from_sidecar_to_sidecar()
    {
        using var payments = Backend.Answering("paid");
        var (_, inbound) = await _mesh.Sidecar("payments", payments);
        var (_, outbound) = await Web(inbound);
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 3; i++)
        {
            Assert.That((await client.Ask(Get)).Body, Is.EqualTo("paid"));
        }
    }

    [Test]
    public async Task An_instance_with_another_services_certificate_receives_no_request()
    {
        using var orders = Backend.Answering("ordered");
        var (_, inbound) = await _mesh.Sidecar("orders", orders);
        var (_, outbound) = await Web(inbound);
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask(Get);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(502));
            Assert.That(answer["Proxy-Status"], Does.Contain("error=tls_certificate_error; forwarded=?0").And.Contain("WrongService"));
            Assert.That(orders.Executed, Is.Zero);
        }
    }

    [Test]
    public async Task A_service_without_a_valid_certificate_calls_no_service()
    {
        using var payments = Backend.Answering("paid");
        var (_, inbound) = await _mesh.Sidecar("payments", payments);
        var plane = await _mesh.Plane("sidecar", []);
        plane.Service("payments", Address(inbound));
        using var client = await RawConnection.To(plane.Outbound());

        var answer = await client.Ask(Get);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(503));
            Assert.That(answer.Body, Does.Contain("no_certificate"));
        }
    }

    [Test]
    public async Task Two_services_of_one_host_never_share_an_upstream_connection()
    {
        using var payments = Backend.Answering("paid");
        var (sidecar, inbound) = await _mesh.Sidecar("payments", payments);
        var plane = await _mesh.Plane("sidecar", ["web", "batch"]);
        plane.Service("payments", Address(inbound));
        using var web = await RawConnection.To(plane.Outbound());
        using var batch = await RawConnection.To(plane.Outbound("batch"));

        await web.Ask(Get);
        await batch.Ask(Get);
        await web.Ask(Get);

        Assert.That(sidecar.Plane.Inspection.Figures.Connections, Is.EqualTo(2));
    }

    [Test]
    public async Task Through_a_gateway_the_caller_stays_the_caller()
    {
        using var payments = Backend.Answering("paid");
        var (callee, inbound) = await _mesh.Sidecar("payments", payments);
        var gateway = await _mesh.Plane("gateway", ["gatewaymesh-gateway"]);
        gateway.Service("payments", Address(inbound));
        using var tunnel = await CertifiedMesh.As(_mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(gateway), ProtocolNames.Tunnel);

        await tunnel.Send(new TunnelHello("web", null, "host-a", "1").ToBytes());
        Assert.That(await TunnelTests.Answer(tunnel), Is.EqualTo(TunnelAnswer.Ok));
        Assert.That((await tunnel.Ask(Get)).Body, Is.EqualTo("paid"));

        Assert.That(() => CertifiedMesh.CallersAt(callee), Is.EqualTo(["web"]).After(5000, 5));
    }

    [Test]
    public async Task A_guard_can_act_only_for_the_service_of_its_certificate()
    {
        var gateway = await _mesh.Plane("gateway", ["gatewaymesh-gateway"]);
        using var tunnel = await CertifiedMesh.As(_mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(gateway), ProtocolNames.Tunnel);

        await tunnel.Send(new TunnelHello("admin", null, "host-a", "1").ToBytes());

        Assert.That(await TunnelTests.Answer(tunnel), Is.EqualTo(TunnelAnswer.Denied));
    }

    [Test]
    public async Task A_guard_cannot_act_for_a_service_whose_name_differs_in_case()
    {
        var gateway = await _mesh.Plane("gateway", ["gatewaymesh-gateway"]);
        using var tunnel = await CertifiedMesh.As(_mesh.Authority.Issue("WEB"), CertifiedMesh.MeshListener(gateway), ProtocolNames.Tunnel);

        await tunnel.Send(new TunnelHello("web", null, "host-a", "1").ToBytes());

        Assert.That(await TunnelTests.Answer(tunnel), Is.EqualTo(TunnelAnswer.Denied));
    }

    [Test]
    public async Task A_caller_whose_name_differs_in_case_from_an_intention_is_denied()
    {
        using var payments = Backend.Answering("paid");
        var plane = await _mesh.Plane("sidecar", ["payments"], options => options with { EnforcesIntentions = true });
        plane.Intentions(Configuration.Entries.IntentionAction.Deny, ("web", "payments", Configuration.Entries.IntentionAction.Allow));
        var inbound = CertifiedMesh.Inbound(plane, "payments", payments);
        using var web = await CertifiedMesh.As(_mesh.Authority.Issue("web"), inbound);
        using var forger = await CertifiedMesh.As(_mesh.Authority.Issue("WEB"), inbound);

        Assert.That((await web.Ask(Get)).Status, Is.EqualTo(200));
        Assert.That((await forger.Ask(Get)).Status, Is.EqualTo(403));
        Assert.That(payments.Executed, Is.EqualTo(1));
    }

    private async Task<(Mesh Plane, IPEndPoint Outbound)> Web(IPEndPoint payments)
    {
        var plane = await _mesh.Plane("sidecar", ["web"]);
        plane.Service("payments", Address(payments));
        return (plane, plane.Outbound());
    }

    private static HostPort Address(IPEndPoint address) => new("127.0.0.1", address.Port);
}
