using System.Net;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Tests.Listeners;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>Applications and peers that impersonate the edge or the mesh: only the ingress is trusted to name clients.</summary>
public class ForgedFieldTests
{
    private const string Forged =
        "X-Forwarded-Client-Cert: forged\r\nX_Forwarded_Client_Cert: forged\r\nClient-Cert: forged\r\nclient_cert_chain: "
            + "forged\r\nX-Real-IP: forged\r\nX_REAL_IP: forged\r\nX_Forwarded_For: forged\r\nX-Forwarded_Host: forged\r\n"
        + "Proxy-Status: gatewaymesh; error=forged\r\nproxy_status: forged\r\ngatewaymesh-source: forged\r\n";

    private CertifiedMesh _mesh = null!;
    private Backend _payments = null!;
    private Mesh _callee = null!;
    private IPEndPoint _inbound = null!;

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
    public async Task An_application_cannot_impersonate_the_edge_or_the_mesh_to_any_callee()
    {
        using var legacy = Backend.Answering("old");
        using var peer = Backend.Answering("seen");
        await using var mesh = await Mesh.Start(); // the peer records the hop between sidecars
        mesh.Service("payments", peer.HostPort).BareService("legacy", legacy.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());
        using var http2 = await H2Connection.To(mesh.Outbound("batch"));
        var fields = Forged.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (line.Split(": ")[0].ToLowerInvariant(), line.Split(": ")[1]))
            .ToArray();

        await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{Forged}X-Mine: kept\r\nX_Mine: kept too\r\n\r\n");
        await client.Ask($"GET / HTTP/1.1\r\nHost: legacy\r\n{Forged}\r\n");
        await http2.Ask(Fields.Request("GET", "/", "legacy", fields));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(peer.Last.Head, Does.Not.Contain("forged").And.Not.Contain("gatewaymesh_"));
            Assert.That(
                (peer.Last["X-Mine"], peer.Last["X_Mine"], peer.Last["gatewaymesh-attempt"]), Is.EqualTo(("kept", "kept too", "1")));
            Assert.That(
                legacy.Requests.Select(request => request.Head).ToList(),
                Has.Count.EqualTo(2).And.All.Not.Contain("forged").And.All.Not.Contain("gatewaymesh").IgnoreCase);
        }
    }

    [Test]
    public async Task A_forwarded_address_from_an_application_is_followed_by_its_own()
    {
        using var peer = Backend.Answering("seen");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", peer.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Ask(
            "GET / HTTP/1.1\r\nHost: payments\r\nX-Forwarded-For: 203.0.113.9\r\nForwarded: for=203.0.113.9\r\nX-Forwarded-Proto: "
                + "https\r\nX-Forwarded-Host: shop.example\r\n\r\n");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(peer.Last["X-Forwarded-For"], Is.EqualTo("203.0.113.9, 127.0.0.1"));
            Assert.That(peer.Last["Forwarded"], Is.EqualTo("for=203.0.113.9, for=127.0.0.1"));
            Assert.That((peer.Last["X-Forwarded-Proto"], peer.Last["X-Forwarded-Host"]), Is.EqualTo(("https", "shop.example")));
        }

        await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        Assert.That(peer.Last.Has("X-Forwarded-For") || peer.Last.Has("Forwarded"), Is.False, "a caller does not name itself");
    }

    [Test]
    public async Task An_application_is_not_trusted_more_through_a_guards_tunnel()
    {
        var gateway = await _mesh.Plane("gateway", ["gatewaymesh-gateway"]);
        gateway.Service("payments", new HostPort("127.0.0.1", _inbound.Port));
        using var tunnel = await CertifiedMesh.As(_mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(gateway), ProtocolNames.Tunnel);
        await tunnel.Send(new TunnelHello("web", null, "host-a", "1").ToBytes());
        await TunnelTests.Answer(tunnel);

        await tunnel.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{Forged}X-Forwarded-For: 203.0.113.9\r\n\r\n");

        Assert.That(_payments.Last.Head, Does.Not.Contain("forged").And.Not.Contain("gatewaymesh").IgnoreCase);
        Assert.That(_payments.Last["X-Forwarded-For"], Does.StartWith("203.0.113.9, 127.0.0.1"));
    }

    [TestCase("web", false)]
    [TestCase("gatewaymesh-gateway", false)]
    [TestCase("GatewayMesh-ingress", false)]
    [TestCase("gatewaymesh-ingress", true)]
    public async Task A_client_certificate_field_is_trusted_only_from_the_ingress(string service, bool isTrusted)
    {
        using var peer = await CertifiedMesh.As(_mesh.Authority.Issue(service), _inbound);

        await peer.Ask("GET / HTTP/1.1\r\nHost: payments\r\nX-Forwarded-Client-Cert: Hash=1\r\nX-Real-IP: 203.0.113.9\r\n\r\n");

        Assert.That(
            (_payments.Last["X-Forwarded-Client-Cert"], _payments.Last["X-Real-IP"]),
            Is.EqualTo(isTrusted ? ("Hash=1", "203.0.113.9") : ((string?)null, (string?)null)));
    }

    [TestCase("web", false)]
    [TestCase("gatewaymesh-ingress", true)]
    public async Task Through_a_gateway_the_original_caller_counts(string service, bool isTrusted)
    {
        var gateway = await _mesh.Plane("gateway", ["gatewaymesh-gateway"]);
        gateway.Service("payments", new HostPort("127.0.0.1", _inbound.Port));
        using var peer = await CertifiedMesh.As(_mesh.Authority.Issue(service), CertifiedMesh.MeshListener(gateway));

        await peer.Ask(
            $"GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-destination: payments\r\ngatewaymesh-source: "
                + $"{_mesh.Authority.IdOf("gatewaymesh-ingress")}\r\nX-Forwarded-Client-Cert: Hash=1\r\n\r\n");

        Assert.That(_payments.Last["X-Forwarded-Client-Cert"], Is.EqualTo(isTrusted ? "Hash=1" : null));
    }

    [Test]
    public async Task A_client_certificate_passes_from_the_ingress_to_the_application()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.IssueFor(["shop.example"]);
        using var known = authority.IssueFor([], client: true);
        var ingress = await _mesh.Plane("ingress", ["gatewaymesh-ingress"]);
        ingress.Service("payments", new HostPort("127.0.0.1", _inbound.Port));
        var address = ingress.Open(ListenerKind.Ingress, "ingress/1");
        ingress.Ingress(address.Port, ("*", "payments"));
        using var files = new EdgeFiles();
        ingress.Plane.Reconfigure(files.Asking(address, authority, certificate));
        using var client = await RawConnection.ToTls(
            address,
            with: options => (options.ClientCertificates, options.LocalCertificateSelectionCallback) = ([known], (_, _, _, _, _) => known));

        await client.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");

        Assert.That(_payments.Last["X-Forwarded-Client-Cert"], Does.StartWith("Hash="));
    }

    [Test]
    public async Task Intention_rules_do_not_see_forged_fields()
    {
        var plane = await _mesh.Plane("sidecar", ["payments"], options => options with { EnforcesIntentions = true });
        var inbound = CertifiedMesh.Inbound(plane, "payments", _payments);
        plane.Intentions(new DeclaredIntentions(
            [
                new ServiceIntentionsEntry
                {
                    Name = "payments",
                    Sources = [
                        new IntentionSource("*")
                        {
                            Permissions = [
                                new PermissionRule(IntentionAction.Allow)
                                {
                                    Headers = [new HeaderRule("x-forwarded-client-cert", HeaderTest.Present, "")],
                                }],
                        }],
                },
            ],
            IntentionAction.Deny));
        const string WithCertificate = "GET / HTTP/1.1\r\nHost: payments\r\nX-Forwarded-Client-Cert: Hash=1\r\n\r\n";
        using var web = await CertifiedMesh.As(_mesh.Authority.Issue("web"), inbound);
        using var ingress = await CertifiedMesh.As(_mesh.Authority.Issue("gatewaymesh-ingress"), inbound);

        Assert.That((await web.Ask(WithCertificate)).Status, Is.EqualTo(403));
        Assert.That((await ingress.Ask(WithCertificate)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Responses_cannot_use_mesh_names_with_underscores()
    {
        using var application = Backend.Answering("paid", "gatewaymesh_node: forged\r\nX-Mine: kept\r\n");
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(mesh.Inbound(application.HostPort));

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(200));
        Assert.That(answer.Head, Does.Not.Contain("forged").And.Contain("X-Mine: kept"));
    }

    [TestCase("gatewaymesh_source")]
    [TestCase("GatewayMesh_Destination")]
    [TestCase("gatewaymesh-attempt_x")]
    [TestCase("gatewaymesh_attempt")]
    public async Task A_mesh_name_with_an_underscore_is_400(string name)
    {
        using var application = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(mesh.Inbound(application.HostPort));

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{name}: forged\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(application.Executed, Is.Zero);
    }
}
