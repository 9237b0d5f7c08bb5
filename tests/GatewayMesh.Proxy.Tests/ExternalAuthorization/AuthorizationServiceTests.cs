using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Tests.ExternalAuthorization;

/// <summary>An authorization service of the mesh: routes, certificates, intentions, and instances that are down.</summary>
internal sealed class AuthorizationServiceTests
{
    private const string Allowed = "GET / HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n\r\n";

    private OAuthService _service = null!;
    private Backend _backend = null!;

    [SetUp]
    public void Make() => (_service, _backend) = (new OAuthService(), Backend.Answering("ok"));

    [TearDown]
    public void End()
    {
        _service.Dispose();
        _backend.Dispose();
    }

    [Test]
    public async Task The_callee_asks_over_mTLS_with_its_own_identity()
    {
        await using var certified = new CertifiedMesh();
        var (callee, auth, outbound) = await Start(certified);

        var response = await Ask(outbound, Allowed);

        Assert.That((response.Status, _backend.Last["x-user"]), Is.EqualTo((200, "alice")), response.Body);
        Assert.That(CertifiedMesh.CallersAt(auth), Is.EqualTo(new[] { "payments" }));
        Assert.That(_service.Last.Head, Does.Not.Contain("gatewaymesh-").IgnoreCase);
        Assert.That(callee.Metrics(), Does.Contain("gatewaymesh_external_authorizations_total{service=\"payments\",outcome=\"allowed\"} 1"));
    }

    [Test]
    public async Task A_question_that_intentions_deny_is_no_denial_of_the_service()
    {
        await using var certified = new CertifiedMesh();
        var (_, auth, outbound) = await Start(certified);
        auth.Intentions(IntentionAction.Allow, ("payments", "auth", IntentionAction.Deny));

        var response = await Ask(outbound, Allowed);

        Assert.That(response.Status, Is.EqualTo(503));
        Assert.That(response["Proxy-Status"], Does.Contain("http_request_denied"));
        Assert.That((_service.Asked, _backend.Executed), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_certificate_of_another_service_is_no_authorization_service()
    {
        await using var certified = new CertifiedMesh();
        var (callee, _, outbound) = await Start(certified);
        var other = await certified.Plane("sidecar", ["other"]);
        callee.Service("auth", new HostPort("127.0.0.1", CertifiedMesh.Inbound(other, "other", _service.Address).Port));

        Assert.That((await Ask(outbound, Allowed)).Status, Is.EqualTo(503));
        Assert.That((_service.Asked, _backend.Executed), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task An_instance_that_refuses_connections_is_passed_over()
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("auth", Backend.ClosedPort(), _service.Address).Service("payments", Policy());
        var inbound = mesh.Inbound(_backend.HostPort);

        for (var i = 0; i < 10; i++)
        {
            Assert.That((await Ask(inbound, Allowed)).Status, Is.EqualTo(200));
        }
    }

    [Test]
    public async Task Without_an_instance_or_with_an_unknown_name_a_request_is_refused()
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", Policy());
        var inbound = mesh.Inbound(_backend.HostPort);
        Assert.That((await Ask(inbound, Allowed)).Status, Is.EqualTo(503), "unknown");

        mesh.Service("auth");
        Assert.That((await Ask(inbound, Allowed)).Status, Is.EqualTo(503), "no instance");
        Assert.That(_backend.Executed, Is.Zero);
    }

    [Test]
    public async Task With_failOpen_a_high_hop_count_is_no_way_around_the_service()
    {
        await using var mesh = await Mesh.Start();
        var auth = new HostPort("127.0.0.1", mesh.Inbound(_service.Address, "auth").Port);
        mesh.Service("auth", auth).Service("payments", Policy(model => model with { FailOpen = true }));
        var inbound = mesh.Inbound(_backend.HostPort);

        var response = await Ask(inbound, WithHops(7));

        Assert.That(response.Status, Is.EqualTo(503));
        Assert.That(response["Proxy-Status"], Does.Contain("the question was refused: loop_detected"));
        Assert.That((_service.Asked, _backend.Executed), Is.EqualTo((0, 0)));
        Assert.That((await Ask(inbound, WithHops(6))).Status, Is.EqualTo(200));
    }

    [TestCase("503", "connection_limit_reached", 503)]
    [TestCase("503", "destination_unavailable", 503, Description = "a circuit breaker that is open, among others")]
    [TestCase("503", "proxy_internal_response", 503)]
    [TestCase("500", "proxy_internal_error", 503)]
    [TestCase("502", "connection_terminated", 503)]
    [TestCase("502", "tls_certificate_error", 503)]
    [TestCase("200", "connection_limit_reached", 503, Description = "an error for a gRPC client")]
    [TestCase("502", "unheard_of", 503)]
    [TestCase("502", "connection_refused", 200)]
    [TestCase("504", "connection_timeout", 200)]
    [TestCase("502", "dns_error", 200)]
    [TestCase("502", "tls_protocol_error", 200)]
    [TestCase("504", "http_response_timeout", 200)]
    public async Task With_failOpen_only_named_errors_of_the_services_sidecar_are_an_outage(string status, string error, int expected)
    {
        _service.Behavior = (_, connection) => connection.Send(
            $"HTTP/1.1 {status} X\r\nProxy-Status: gatewaymesh; error={error}; forwarded=?0\r\nContent-Length: 0\r\n\r\n");
        await using var mesh = await Mesh.Start();
        mesh.Service("auth", _service.Address).Service("payments", Policy(model => model with { FailOpen = true }));

        var response = await Ask(mesh.Inbound(_backend.HostPort), Allowed);

        Assert.That((response.Status, _backend.Executed), Is.EqualTo((expected, expected == 200 ? 1 : 0)));
    }

    [Test]
    public async Task With_failOpen_a_service_that_is_down_lets_a_request_pass()
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", Policy(model => model with { FailOpen = true }));
        var inbound = mesh.Inbound(_backend.HostPort);

        Assert.That((await Ask(inbound, Allowed)).Status, Is.EqualTo(200), "unknown");
        mesh.Service("auth");
        Assert.That((await Ask(inbound, Allowed)).Status, Is.EqualTo(200), "no instance");
        mesh.Service("auth", Backend.ClosedPort());
        Assert.That((await Ask(inbound, Allowed)).Status, Is.EqualTo(200), "no sidecar");
        mesh.Service("auth", new HostPort("127.0.0.1", mesh.Inbound(Backend.ClosedPort(), "auth").Port));
        Assert.That((await Ask(inbound, Allowed)).Status, Is.EqualTo(200), "no application behind the sidecar");
        _service.Behavior = (_, connection) => connection.Send("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n");
        mesh.Service("auth", _service.Address);
        Assert.That((await Ask(inbound, Allowed)).Status, Is.EqualTo(200), "5xx of its own");
        Assert.That(mesh.Metrics(), Does.Contain("outcome=\"failed_open\"} 5"));
    }

    [Test]
    public async Task With_failOpen_a_certificate_of_another_service_is_no_outage()
    {
        await using var certified = new CertifiedMesh();
        var (callee, _, outbound) = await Start(certified);
        var other = await certified.Plane("sidecar", ["other"]);
        callee.Service("auth", new HostPort("127.0.0.1", CertifiedMesh.Inbound(other, "other", _service.Address).Port))
            .Service("payments", Policy(model => model with { FailOpen = true }));

        var response = await Ask(outbound, Allowed);

        Assert.That((response.Status, _service.Asked, _backend.Executed), Is.EqualTo((503, 0, 0)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task With_failOpen_a_client_cannot_choose_instances_that_are_down(bool hasInstance)
    {
        await using var mesh = await Mesh.Start();
        HostPort[] canary = hasInstance ? [Backend.ClosedPort()] : [];
        RouterNode Router(HostPort otherwise) => Routes.Router(
            Routes.Resolver("auth", otherwise),
            (Routes.Header("x-version", HeaderTest.Exact, "canary"), RouteAction.None, Routes.Resolver("canary.auth", canary)));
        mesh.Service("auth", _service.Address)
            .Route("auth", Router(_service.Address))
            .Service("payments", Policy(model => model with { FailOpen = true, RequestHeaders = ["cookie", "x-version"] }));
        var inbound = mesh.Inbound(_backend.HostPort);

        Assert.That((await Ask(inbound, Allowed)).Status, Is.EqualTo(200));
        var chosen = await Ask(inbound, Allowed.Replace("Cookie", "X-Version: canary\r\nCookie", StringComparison.Ordinal));
        Assert.That((chosen.Status, _service.Asked, _backend.Executed), Is.EqualTo((503, 1, 1)));

        mesh.Route("auth", Router(Backend.ClosedPort()));
        Assert.That((await Ask(inbound, Allowed)).Status, Is.EqualTo(200), "down for everybody");
    }

    [Test]
    public void A_shortage_of_sockets_at_this_node_is_no_outage()
    {
        static HttpRequestException Failed(Exception cause) => new(HttpRequestError.ConnectionError, "connect", cause);

        Assert.That(AuthorizationOutage.Is(Failed(new SocketException((int)SocketError.ConnectionRefused))), Is.True);
        Assert.That(AuthorizationOutage.Is(Failed(new SocketException((int)SocketError.TooManyOpenSockets))), Is.False);
        Assert.That(AuthorizationOutage.Is(Failed(new ConnectFailedException(ConnectFailure.Refused, null))), Is.True);
        Assert.That(AuthorizationOutage.Is(Failed(new ConnectFailedException(ConnectFailure.OutOfSockets, null))), Is.False);
    }

    [Test]
    public async Task Instances_that_the_registry_does_not_watch_are_asked_for_first()
    {
        Mesh? mesh = null;
        await using var started = await Mesh.Start(options => options with
        {
            Want = service => _ = Task.Run(() => mesh?.Service(service, _service.Address)),
        });
        mesh = started;
        mesh.Service("payments", Policy()).DormantService("auth");

        Assert.That((await Ask(mesh.Inbound(_backend.HostPort), Allowed)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Nothing_is_asked_about_requests_for_the_authorization_service_itself()
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("auth", Policy(), _service.Address);

        var response = await Ask(mesh.Inbound(_service.Address, "auth"), Allowed.Replace("payments", "auth", StringComparison.Ordinal));

        Assert.That((response.Status, _service.Asked), Is.EqualTo((200, 1)));
    }

    private PolicyModel Policy(Func<ExternalAuthorizationModel, ExternalAuthorizationModel>? with = null) =>
        _service.Policy(with, "auth");

    // web calls payments, whose sidecar asks auth.
    private async Task<(Mesh Callee, Mesh Auth, IPEndPoint Outbound)> Start(CertifiedMesh certified)
    {
        var (caller, callee, outbound) = await certified.Pair(_backend.HostPort, options => options with { EnforcesIntentions = true });
        var auth = await certified.Plane("sidecar", ["auth"], options => options with { EnforcesIntentions = true });
        var address = new HostPort("127.0.0.1", CertifiedMesh.Inbound(auth, "auth", _service.Address).Port);
        callee.Service("auth", address).Service("payments", Policy());
        auth.Service("auth", address);
        _ = caller;
        return (callee, auth, outbound);
    }

    private static string WithHops(int hops) =>
        Allowed.Replace("Cookie", $"{MeshHeaders.Hops}: {hops}\r\nCookie", StringComparison.Ordinal);

    private static async Task<RawMessage> Ask(IPEndPoint address, string request)
    {
        using var client = await RawConnection.To(address);
        return await client.Ask(request);
    }
}
