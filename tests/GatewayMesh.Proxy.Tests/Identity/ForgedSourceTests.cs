using System.Net;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Listeners;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Identity;

/// <summary>gatewaymesh-source is trusted only with a gateway's certificate.</summary>
public class ForgedSourceTests
{
    private CertifiedMesh _mesh = null!;
    private Backend _payments = null!;
    private Mesh _callee = null!;
    private IPEndPoint _inbound = null!;

    private string Admin => _mesh.Authority.IdOf("admin");

    [SetUp]
    public async Task Make()
    {
        _mesh = new CertifiedMesh();
        _payments = Backend.Answering("paid");
        (_callee, _inbound) = await _mesh.Sidecar("payments", _payments);
    }

    [TearDown]
    public async Task End()
    {
        await _mesh.DisposeAsync();
        _payments.Dispose();
    }

    [Test]
    public async Task A_source_named_by_a_gateway_is_trusted()
    {
        using var gateway = await CertifiedMesh.As(_mesh.Authority.Issue("gatewaymesh-gateway"), _inbound);
        await gateway.Ask(Get($"gatewaymesh-source: {Admin}\r\n"));
        Callers("admin");
    }

    [Test]
    public async Task A_source_named_by_a_service_is_ignored()
    {
        using var web = await CertifiedMesh.As(_mesh.Authority.Issue("web"), _inbound);
        await web.Ask(Get($"gatewaymesh-source: {Admin}\r\n"));
        Callers("web");
        Assert.That(_payments.Last["gatewaymesh-source"], Is.Null);
    }

    [Test]
    public async Task A_gateway_of_another_datacenter_is_not_trusted()
    {
        using var gateway = await CertifiedMesh.As(
            _mesh.Authority.Issue("gatewaymesh-gateway", uris: [_mesh.Authority.IdOf("gatewaymesh-gateway", "dc2")]), _inbound);
        await gateway.Ask(Get($"gatewaymesh-source: {Admin}\r\n"));
        Callers("gatewaymesh-gateway");
    }

    [Test]
    public async Task A_service_whose_name_differs_from_the_gateways_only_in_case_is_not_trusted()
    {
        using var forger = await CertifiedMesh.As(_mesh.Authority.Issue("GatewayMesh-gateway"), _inbound);
        await forger.Ask(Get($"gatewaymesh-source: {Admin}\r\n"));
        Callers("GatewayMesh-gateway");
    }

    [Test]
    public async Task A_gateway_whose_datacenter_differs_in_case_is_not_trusted()
    {
        using var forger = await CertifiedMesh.As(
            _mesh.Authority.Issue("gatewaymesh-gateway", uris: [_mesh.Authority.IdOf("gatewaymesh-gateway", "DC1")]), _inbound);
        await forger.Ask(Get($"gatewaymesh-source: {Admin}\r\n"));
        Callers("gatewaymesh-gateway");
    }

    [Test]
    public async Task A_repeated_source_is_malformed_even_from_a_gateway()
    {
        using var gateway = await CertifiedMesh.As(_mesh.Authority.Issue("gatewaymesh-gateway"), _inbound);
        var answer = await gateway.Ask(Get($"gatewaymesh-source: {_mesh.Authority.IdOf("web")}\r\nGatewaymesh-Source: {Admin}\r\n"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(400));
            Assert.That(_payments.Executed, Is.Zero);
        }
    }

    [TestCase("admin")]
    [TestCase("spiffe://other.mesh/ns/default/dc/dc1/svc/admin")]
    public async Task A_source_that_is_not_a_mesh_ID_is_rejected(string source)
    {
        using var gateway = await CertifiedMesh.As(_mesh.Authority.Issue("gatewaymesh-gateway"), _inbound);
        var answer = await gateway.Ask(Get($"gatewaymesh-source: {source}\r\n"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(403));
            Assert.That(_payments.Executed, Is.Zero);
        }
    }

    [Test]
    public async Task A_source_named_by_a_service_over_HTTP_2_is_ignored()
    {
        using var web = await H2Connection.Open(await CertifiedMesh.As(_mesh.Authority.Issue("web"), _inbound, ProtocolNames.Http2));
        var answer = await web.Ask(Fields.Request("GET", "/x", "payments", ("gatewaymesh-source", Admin)));
        Assert.That(answer.Head.Status, Is.EqualTo(200));
        Callers("web");
    }

    [Test]
    public async Task A_source_in_trailers_is_ignored()
    {
        using var web = await CertifiedMesh.As(_mesh.Authority.Issue("web"), _inbound);
        await web.Ask(
            $"POST /x HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\nTrailer: "
                + $"gatewaymesh-source\r\n\r\n1\r\na\r\n0\r\ngatewaymesh-source: {Admin}\r\n\r\n");
        Callers("web");
    }

    [Test]
    public async Task An_application_cannot_claim_another_name_through_sidecar_or_gateway()
    {
        var gateway = await _mesh.Plane("gateway", ["gatewaymesh-gateway"]);
        gateway.Service("payments", new HostPort("127.0.0.1", _inbound.Port));
        using var tunnel = await CertifiedMesh.As(_mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(gateway), ProtocolNames.Tunnel);
        await tunnel.Send(new TunnelHello("web", null, "host-a", "1").ToBytes());
        await TunnelTests.Answer(tunnel);
        await tunnel.Ask(Get($"gatewaymesh-source: {Admin}\r\n"));

        var sidecar = await _mesh.Plane("sidecar", ["web"]);
        sidecar.Service("payments", new HostPort("127.0.0.1", _inbound.Port));
        using var application = await RawConnection.To(sidecar.Outbound());
        await application.Ask(Get($"gatewaymesh-source: {Admin}\r\n"));

        Callers("web");
    }

    [Test]
    public async Task A_peer_of_a_gateway_cannot_claim_another_name()
    {
        var gateway = await _mesh.Plane("gateway", ["gatewaymesh-gateway"]);
        gateway.Service("payments", new HostPort("127.0.0.1", _inbound.Port));
        using var web = await CertifiedMesh.As(_mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(gateway));
        await web.Ask(Get($"gatewaymesh-source: {Admin}\r\ngatewaymesh-destination: payments\r\n"));
        Callers("web");
    }

    [Test]
    public async Task The_ingress_is_the_caller_for_outside_clients()
    {
        var ingress = await _mesh.Plane("ingress", ["gatewaymesh-ingress"]);
        ingress.Service("payments", new HostPort("127.0.0.1", _inbound.Port));
        var address = ingress.Open(Configuration.Listeners.ListenerKind.Ingress, "ingress/8080");
        ingress.Ingress(address.Port, ("payments", "payments"));
        using var outside = await RawConnection.To(address);
        await outside.Ask(Get($"gatewaymesh-source: {Admin}\r\n"));
        Callers("gatewaymesh-ingress");
    }

    private void Callers(string only) => Assert.That(() => CertifiedMesh.CallersAt(_callee), Is.EqualTo([only]).After(5000, 5));

    private static string Get(string fields) => $"GET /x HTTP/1.1\r\nHost: payments\r\n{fields}\r\n";
}
