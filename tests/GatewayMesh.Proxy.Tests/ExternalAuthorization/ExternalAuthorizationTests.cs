using System.Net;
using System.Text.Json;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.ExternalAuthorization;

/// <summary>An authorization service that answers, is slow, dead, and lying; asked at its URL, and as a service of the mesh.</summary>
/// <param name="name">Name of the service in the mesh; null for its URL.</param>
[TestFixture(null)]
[TestFixture("auth")]
internal sealed class ExternalAuthorizationTests(string? name)
{
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
    public async Task An_allowed_request_passes_with_the_chosen_fields_of_the_answer()
    {
        await using var mesh = await Start();

        var response = await Ask(mesh, "POST /pay?x=1 HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\nX-User: root\r\nx_user: root\r\n"
            + "X-Other: 1\r\nX-Forwarded-Method: FAKE\r\nContent-Length: 3\r\n\r\nabc");

        Assert.That(response.Status, Is.EqualTo(200), response.Body);
        Assert.That(_backend.Last.Values("x-user"), Is.EqualTo(new[] { "alice" }));
        Assert.That((_backend.Last.Has("x_user"), _backend.Last.Has("x-secret"), _backend.Last.Body), Is.EqualTo((false, false, "abc")));
        Assert.That((_service.Last.Method, _service.Last.Target, _service.Last.Body), Is.EqualTo(("GET", "/verify", "")));
        Assert.That(_service.Last.Values("X-Forwarded-Method"), Is.EqualTo(new[] { "POST" }));
        Assert.That(_service.Last["X-Forwarded-Uri"], Is.EqualTo("/pay?x=1"));
        Assert.That(_service.Last["X-Forwarded-Host"], Is.EqualTo("payments"));
        Assert.That(_service.Last.Has("X-Other"), Is.False, "only chosen fields");
    }

    [Test]
    public async Task A_denied_request_gets_the_answer_of_the_service()
    {
        await using var mesh = await Start();

        var login = await Ask(mesh, "GET / HTTP/1.1\r\nHost: payments\r\nX-User: root\r\n\r\n");
        var denied = await Ask(mesh, "GET / HTTP/1.1\r\nHost: payments\r\nAuthorization: Bearer x\r\n\r\n");

        Assert.That((login.Status, login["Location"], login["Set-Cookie"]), Is.EqualTo((302, "https://login.test/?rd=x", "csrf=1; HttpOnly")));
        Assert.That((denied.Status, denied.Body, denied["X-Reason"]), Is.EqualTo((403, "not you", "nobody")));
        Assert.That(denied["Proxy-Status"], Does.Contain("error=http_request_denied; forwarded=?0"));
        Assert.That(mesh.Metrics(), Does.Contain("error=\"external_authorization_denied\""));
        Assert.That(_backend.Executed, Is.Zero);
    }

    [TestCase("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("nonsense\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nX-User: a\u0001b\r\nX-User : c\r\n\r\n")]
    [TestCase("HTTP/1.1 101 Switching Protocols\r\n\r\n")]
    public async Task Without_a_valid_answer_a_request_is_refused(string lie)
    {
        _service.Behavior = async (_, connection) =>
        {
            await connection.Send(lie);
            connection.Dispose();
        };
        await using var mesh = await Start();

        var refused = await Ask(mesh, "GET / HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n\r\n");

        Assert.That((refused.Status, _backend.Executed), Is.EqualTo((503, 0)));
    }

    [Test]
    public async Task A_request_that_fails_open_has_no_field_of_the_service()
    {
        _service.Behavior = (_, connection) => connection.Send("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
        await using var mesh = await Start(model => model with { FailOpen = true });

        var open = await Ask(mesh, "GET / HTTP/1.1\r\nHost: payments\r\nX-User: root\r\n\r\n");

        Assert.That((open.Status, _backend.Last.Has("x-user")), Is.EqualTo((200, false)));
    }

    [Test]
    public async Task A_dead_service_refuses()
    {
        await using var mesh = await Start(model => name is null ? model with { Url = $"http://{Backend.ClosedPort()}/" } : model);
        mesh.Service("auth", Backend.ClosedPort(), Backend.ClosedPort());

        var refused = await Ask(mesh, "GET / HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n\r\n");

        Assert.That((refused.Status, refused["Retry-After"]), Is.EqualTo((503, "1")));
        Assert.That(
            JsonDocument.Parse(refused.Body).RootElement.GetProperty("error").GetString(), Is.EqualTo("external_authorization_unavailable"));
    }

    [Test]
    public async Task A_slow_service_is_waited_for_in_its_own_time_and_takes_a_bounded_number_of_requests()
    {
        var release = new TaskCompletionSource();
        _service.Behavior = (_, _) => release.Task;
        await using var mesh = await Start(model => model with { Timeout = TimeSpan.FromSeconds(30), MaxConcurrent = 1 });
        var inbound = mesh.Inbound(_backend.HostPort);
        using var first = await RawConnection.To(inbound);
        await first.Send("GET / HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n\r\n");
        Assert.That(() => _service.Asked, Is.EqualTo(1).After(5000, 5));

        using var second = await RawConnection.To(inbound);
        var busy = await second.Ask("GET / HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n\r\n");
        Assert.That((busy.Status, _service.Asked), Is.EqualTo((503, 1)), "refused at once");
        release.SetResult();

        mesh.Service("payments", Policy(model => model with { Timeout = TimeSpan.FromMilliseconds(100) }));
        _service.Behavior = (_, _) => Task.CompletedTask;
        var late = await second.Ask("GET / HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n\r\n");
        Assert.That((late.Status, late["Proxy-Status"]!.Contains("no answer in time", StringComparison.Ordinal)), Is.EqualTo((503, true)));
        Assert.That(_backend.Executed, Is.Zero);
    }

    [Test]
    public async Task An_allowing_answer_is_kept_for_equal_questions()
    {
        await using var mesh = await Start(model => model with { Cache = TimeSpan.FromSeconds(60) });
        for (var i = 0; i < 3; i++)
        {
            Assert.That((await Ask(mesh, "GET /a HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n\r\n")).Status, Is.EqualTo(200));
            Assert.That(_backend.Last["x-user"], Is.EqualTo("alice"));
        }

        Assert.That(_service.Asked, Is.EqualTo(1));
        Assert.That((await Ask(mesh, "GET /a HTTP/1.1\r\nHost: payments\r\n\r\n")).Status, Is.EqualTo(302), "another cookie");
        Assert.That((await Ask(mesh, "GET /a HTTP/1.1\r\nHost: payments\r\n\r\n")).Status, Is.EqualTo(302));
        Assert.That(_service.Asked, Is.EqualTo(3), "denials are not kept");
        _ = await Ask(mesh, "GET /b HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n\r\n");
        Assert.That(_service.Asked, Is.EqualTo(4), "another path");
    }

    [Test]
    public async Task A_bounded_body_is_part_of_the_question_and_reaches_the_application()
    {
        await using var mesh = await Start(model => model with { MaxBodySize = 8, Method = AuthorizationMethod.Post });
        var head = "POST / HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n";

        var passed = await Ask(mesh, head + "Content-Length: 5\r\n\r\nhello");
        Assert.That((passed.Status, _service.Last.Body, _backend.Last.Body), Is.EqualTo((200, "hello", "hello")));
        var chunked = await Ask(mesh, head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        Assert.That((chunked.Status, _service.Last.Body, _backend.Last.Body), Is.EqualTo((200, "abcde", "abcde")));

        var executed = _backend.Executed;
        Assert.That((await Ask(mesh, head + "Content-Length: 9\r\n\r\n123456789")).Status, Is.EqualTo(413));
        Assert.That((await Ask(mesh, head + "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n0\r\n\r\n")).Status, Is.EqualTo(413));
        Assert.That(_backend.Executed, Is.EqualTo(executed));
    }

    [Test]
    public async Task Ingress_gateway_and_callee_ask_alike()
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("auth", _service.Address).Service("payments", Policy(), _backend.HostPort);
        var ingress = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Ingress(ingress.Port, ("*", "payments"));
        foreach (var address in new[] { ingress, mesh.Open(ListenerKind.Mesh, "mesh"), mesh.Inbound(_backend.HostPort) })
        {
            Assert.That((await Ask(address, "GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Status, Is.EqualTo(302));
            Assert.That(
                (await Ask(address, "GET / HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n\r\n")).Status, Is.EqualTo(200));
        }
    }

    private async Task<Mesh> Start(Func<ExternalAuthorizationModel, ExternalAuthorizationModel>? with = null)
    {
        var mesh = await Mesh.Start();
        return mesh.Service("auth", _service.Address).Service("payments", Policy(with));
    }

    private PolicyModel Policy(Func<ExternalAuthorizationModel, ExternalAuthorizationModel>? with = null) => _service.Policy(with, name);

    private Task<RawMessage> Ask(Mesh mesh, string request) =>
        Ask(mesh.Open(ListenerKind.Inbound, $"inbound/{Guid.NewGuid():N}", spec => spec with
        {
            Service = "payments",
            Application = _backend.HostPort,
        }), request);

    private static async Task<RawMessage> Ask(IPEndPoint address, string request)
    {
        using var client = await RawConnection.To(address);
        return await client.Ask(request);
    }
}
