using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.SidecarBypass;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Pipeline;

/// <summary>Bypass of a callee's broken sidecars: caller ─► its sidecar ═► gateway ─► application.</summary>
public class SidecarBypassTests
{
    private const string Get = "GET /x HTTP/1.1\r\nHost: payments\r\n\r\n";
    private const string Post = "POST /x HTTP/1.1\r\nHost: payments\r\nContent-Length: 3\r\n\r\nabc";

    private static readonly PolicyModel Wanted = PolicyModel.Default with
    {
        SidecarBypass = SidecarBypassMode.Gateway,
        Ejection = new() { ConsecutiveFailures = 1000 },
    };

    private CertifiedMesh _mesh = null!;
    private Mesh _gateway = null!;
    private Mesh _web = null!;

    [SetUp]
    public async Task Make()
    {
        _mesh = new CertifiedMesh();
        _gateway = await _mesh.Plane("gateway", ["gatewaymesh-gateway"], options => options with { EnforcesIntentions = true });
        _web = await _mesh.Plane("sidecar", ["web"]);
        _web.Gateway(AddressOf(CertifiedMesh.MeshListener(_gateway)));
    }

    [TearDown]
    public async Task End() => await _mesh.DisposeAsync();

    [TestCase(Get)]
    [TestCase(Post)]
    public async Task A_call_to_an_unreachable_sidecar_reaches_the_application_through_a_gateway(string request)
    {
        using var application = Backend.Answering("paid");
        Payments(Wanted, Backend.ClosedPort(), application.HostPort);
        using var client = await RawConnection.To(_web.Outbound());

        var answer = await client.Ask(request);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Body, Is.EqualTo("paid"));
            Assert.That(application.Executed, Is.EqualTo(1));
            Assert.That(application.Last.Head, Does.Not.Contain("gatewaymesh-"), "an application gets no mesh header");
            Assert.That(
                _web.Metrics(), Does.Contain("gatewaymesh_failovers_total{from=\"sidecar\",to=\"gateway\",reason=\"sidecar_bypass\"} 1"));
        }
    }

    [TestCase(Get, 200)]
    [TestCase(Post, 502)]
    public async Task A_sidecar_that_breaks_off_is_bypassed_if_a_replay_is_safe(string request, int status)
    {
        using var application = Backend.Answering("paid");
        using var tls = new BreakingSidecar(_mesh.Authority.Issue("payments"));
        Payments(Wanted, tls.HostPort, application.HostPort);
        using var client = await RawConnection.To(_web.Outbound());

        var answer = await client.Ask(request);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(status));
            Assert.That(application.Executed, Is.EqualTo(status == 200 ? 1 : 0));
        }
    }

    [Test]
    public async Task Without_the_policys_setting_there_is_no_bypass()
    {
        using var application = Backend.Answering("paid");
        Payments(PolicyModel.Default, Backend.ClosedPort(), application.HostPort);
        using var client = await RawConnection.To(_web.Outbound());

        var answer = await client.Ask(Get);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(502));
            Assert.That(answer["Proxy-Status"], Does.Contain("error=connection_refused; forwarded=?0"));
            Assert.That(application.Executed, Is.Zero);
        }
    }

    [Test]
    public async Task An_application_unreachable_from_other_hosts_is_not_tried()
    {
        Payments(Wanted, Backend.ClosedPort(), application: null);
        using var client = await RawConnection.To(_web.Outbound());

        var answer = await client.Ask(Get);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(502));
            Assert.That(answer["Proxy-Status"], Does.Contain("connection_refused; forwarded=?0"));
        }
    }

    [Test]
    public async Task Intentions_apply_on_the_bypass()
    {
        using var application = Backend.Answering("paid");
        Payments(Wanted, Backend.ClosedPort(), application.HostPort);
        _gateway.Intentions(IntentionAction.Allow, ("web", "payments", IntentionAction.Deny));
        using var client = await RawConnection.To(_web.Outbound());

        var answer = await client.Ask(Get);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(403));
            Assert.That(answer["Proxy-Status"], Does.Contain("error=http_request_denied; forwarded=?0"));
            Assert.That(application.Executed, Is.Zero);
        }
    }

    [Test]
    public async Task While_every_sidecar_is_ejected_the_bypass_comes_first()
    {
        using var application = Backend.Answering("paid");
        // Accepts, but never completes a handshake
        using var sidecar = new Backend((_, connection) => { connection.Dispose(); return Task.CompletedTask; });
        Payments(
            Wanted with { Ejection = new() { ConsecutiveFailures = 1, Time = TimeSpan.FromHours(1) } },
            sidecar.HostPort,
            application.HostPort);
        using var client = await RawConnection.To(_web.Outbound());
        await client.Ask(Get);
        var dialled = sidecar.Connections;

        for (var i = 0; i < 5; i++)
        {
            Assert.That((await client.Ask(Get)).Body, Is.EqualTo("paid"));
        }

        Assert.That(sidecar.Connections, Is.EqualTo(dialled));
    }

    [Test]
    public async Task A_gateway_that_takes_over_for_the_caller_bypasses_sidecars_by_itself()
    {
        using var application = Backend.Answering("paid");
        Payments(Wanted, Backend.ClosedPort(), application.HostPort);
        using var tunnel = await CertifiedMesh.As(_mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(_gateway), ProtocolNames.Tunnel);
        await tunnel.Send(new TunnelHello("web", null, "host-a", "1").ToBytes());
        Assert.That(await TunnelTests.Answer(tunnel), Is.EqualTo(TunnelAnswer.Ok));

        Assert.That((await tunnel.Ask(Post)).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task A_sidecar_that_responds_for_a_dead_application_is_not_bypassed()
    {
        using var application = Backend.Answering("paid");
        var callee = await _mesh.Plane("sidecar", ["payments"]);
        var inbound = callee.Inbound(Backend.ClosedPort());
        Payments(Wanted, AddressOf(inbound), application.HostPort);
        using var client = await RawConnection.To(_web.Outbound());

        var answer = await client.Ask(Get);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(502));
            Assert.That(application.Executed, Is.Zero);
        }
    }

    [Test]
    public async Task A_bypass_request_against_the_policy_is_refused()
    {
        using var application = Backend.Answering("paid");
        Payments(PolicyModel.Default, Backend.ClosedPort(), application.HostPort);
        using var peer = await CertifiedMesh.As(_mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(_gateway));

        var answer = await peer.Ask("GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-bypass: sidecar\r\n\r\n");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(502));
            Assert.That(application.Executed, Is.Zero);
        }
    }

    [TestCase(IntentionAction.Allow, 200)]
    [TestCase(IntentionAction.Deny, 403)]
    public async Task A_foreign_callee_is_called_through_a_gateway_only_if_intentions_allow_the_gateway(
        IntentionAction gateways, int status)
    {
        using var payments = Backend.Answering("paid");
        var (_, inbound) = await _mesh.Sidecar("payments", payments);
        _gateway.Service(
            "payments",
            PolicyModel.Default,
            [new EndpointModel("payments", "payments-1", "their-host", AddressOf(inbound), Healthy: true) { IsForeign = true }]);
        _gateway.Intentions(
            IntentionAction.Deny, ("web", "payments", IntentionAction.Allow), ("gatewaymesh-gateway", "payments", gateways));
        using var tunnel = await CertifiedMesh.As(_mesh.Authority.Issue("web"), CertifiedMesh.MeshListener(_gateway), ProtocolNames.Tunnel);
        await tunnel.Send(new TunnelHello("web", null, "host-a", "1").ToBytes());
        Assert.That(await TunnelTests.Answer(tunnel), Is.EqualTo(TunnelAnswer.Ok));

        var answer = await tunnel.Ask(Get);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(status));
            Assert.That(payments.Executed, Is.EqualTo(status == 200 ? 1 : 0));
        }
    }

    private void Payments(PolicyModel policy, HostPort sidecar, HostPort? application)
    {
        var endpoint = new EndpointModel("payments", "payments-1", "host-b", sidecar, Healthy: true) { Application = application };
        _web.Service("payments", policy, [endpoint]);
        _gateway.Service("payments", policy, [endpoint]);
    }

    private static HostPort AddressOf(IPEndPoint address) => new("127.0.0.1", address.Port);

    /// <summary>Completes the handshake, reads the request, and disconnects.</summary>
    private sealed class BreakingSidecar : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 _certificate;

        public BreakingSidecar(string pem)
        {
            using var fromPem = X509Certificate2.CreateFromPem(pem, pem);
            _certificate = X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pfx), null);
            _listener.Start();
            _ = Serve();
        }

        public HostPort HostPort => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

        public void Dispose()
        {
            _listener.Dispose();
            _certificate.Dispose();
        }

        private async Task Serve()
        {
            try
            {
                while (true)
                {
                    using var socket = await _listener.AcceptTcpClientAsync();
                    await using var tls = new SslStream(socket.GetStream());
                    await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
                    {
                        ServerCertificate = _certificate,
                        ApplicationProtocols = [ProtocolNames.Http1],
                        ClientCertificateRequired = true,
                        RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
                    });
                    _ = await tls.ReadAsync(new byte[1024]);
                }
            }
            catch (SocketException)
            {
                // The test has ended.
            }
        }
    }
}
