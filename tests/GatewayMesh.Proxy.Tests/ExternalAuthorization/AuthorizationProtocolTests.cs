using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.ExternalAuthorization;

/// <summary>Decisions of an authorization service about HTTP/2 requests, gRPC calls, and HEAD requests.</summary>
[TestFixture(ListenerKind.Ingress)]
[TestFixture(ListenerKind.Inbound)]
internal sealed class AuthorizationProtocolTests(ListenerKind kind)
{
    private static readonly (string, string) Alice = ("cookie", OAuthService.Session);
    private static readonly (string, string) Mallory = ("authorization", "Basic bTpt");

    private OAuthService _service = null!;
    private H2Backend _application = null!;

    [SetUp]
    public void Make() => (_service, _application) = (new OAuthService(), H2Backend.Answering("paid", null, ("x-mine", "1")));

    [TearDown]
    public void End()
    {
        _service.Dispose();
        _application.Dispose();
    }

    [Test]
    public async Task An_allowed_HTTP_2_request_has_the_fields_of_the_service_and_no_forged_ones()
    {
        await using var mesh = await Mesh.Start();
        using var client = await H2Connection.To(Open(mesh, "http2"));

        var answer = await client.Ask(Head("GET", Alice, ("x-user", "root"), ("x_user", "root")));

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
        Assert.That(_application.Last.Head.Values("x-user"), Is.EqualTo(new[] { "alice" }));
        Assert.That(_application.Last.Head.ToString(), Does.Not.Contain("root").And.Not.Contain("x-secret"));
        Assert.That((_service.Last["X-Forwarded-Method"], _service.Last["X-Forwarded-Uri"]), Is.EqualTo(("GET", "/pay.Payments/Charge")));
    }

    [Test]
    public async Task A_denied_HTTP_2_request_gets_the_answer_of_the_service()
    {
        await using var mesh = await Mesh.Start();
        var address = Open(mesh, "http2");

        var redirected = await Ask(address, Head("GET"));
        var denied = await Ask(address, Head("POST", Mallory), "body");
        var allowed = await Ask(address, Head("POST", Alice), "body");

        Assert.That(
            (redirected.Status, redirected["location"], redirected["set-cookie"]),
            Is.EqualTo((302, "https://login.test/?rd=x", "csrf=1; HttpOnly")));
        Assert.That(
            (denied.Status, denied.Body, denied["content-type"], denied["x-reason"]), Is.EqualTo((403, "not you", "text/plain", "nobody")));
        Assert.That(denied["proxy-status"], Does.Contain("reason=external_authorization_denied"));
        Assert.That((allowed.Status, _application.Executed, _application.Last.Body), Is.EqualTo((200, 1, "body")));
    }

    [Test]
    public async Task A_denied_gRPC_call_has_status_7_and_nothing_else_of_the_service()
    {
        await using var mesh = await Mesh.Start();
        var address = Open(mesh, "grpc");
        foreach (var fields in new[] { [], new[] { Mallory } })
        {
            var denied = await Ask(address, Call(fields), "\0\0\0\0\0");

            Assert.That(
                (denied.Status, denied["grpc-status"], denied["content-type"], denied.EndedByHead),
                Is.EqualTo((200, "7", "application/grpc", true)));
            Assert.That(denied["grpc-message"], Is.EqualTo("The authorization service does not allow this request."));
            Assert.That(denied.Head.ToString(), Does.Not.Contain("login.test").And.Not.Contain("csrf").And.Not.Contain("x-reason"));
        }

        Assert.That(_application.Executed, Is.Zero);
        Assert.That(mesh.Metrics(), Does.Contain("code=\"7\"} 2"));
        Assert.That((await Ask(address, Call(Alice), "\0\0\0\0\0")).Status, Is.EqualTo(200));
        Assert.That(_application.Last["x-user"], Is.EqualTo("alice"));
    }

    [Test]
    public async Task A_HEAD_request_is_answered_without_a_body_and_the_connection_goes_on([Values] AuthorizationMethod method)
    {
        _service.Behavior = (question, connection) => question.Method == "HEAD"
            ? connection.Send(question["Cookie"] is null
                ? "HTTP/1.1 403 Forbidden\r\nX-Reason: nobody\r\nContent-Length: 7\r\n\r\n"
                : "HTTP/1.1 200 OK\r\nX-User: alice\r\nContent-Length: 2\r\n\r\n")
            : OAuthService.Answer(question, connection);
        using var plain = new Backend((_, connection) => connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"));
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(Open(mesh, "http", plain, model => model with { Method = method }));
        const string Head = "HEAD /a HTTP/1.1\r\nHost: payments\r\n";

        for (var i = 0; i < 2; i++)
        {
            var denied = await client.Ask(Head + "Authorization: Basic bTpt\r\n\r\n", head: true);
            Assert.That((denied.Status, denied["X-Reason"], plain.Executed), Is.EqualTo((403, "nobody", i)));

            var allowed = await client.Ask(Head + "Cookie: session=alice-1\r\n\r\n", head: true);
            Assert.That((allowed.Status, allowed["Content-Length"], plain.Executed), Is.EqualTo((200, "4", i + 1)));
            Assert.That((plain.Last.Method, plain.Last["x-user"]), Is.EqualTo(("HEAD", "alice")));
        }

        var asked = method switch
        {
            AuthorizationMethod.Get => "GET",
            AuthorizationMethod.Post => "POST",
            _ => "HEAD",
        };
        Assert.That(_service.Last.Method, Is.EqualTo(asked));
    }

    [Test]
    public async Task A_dead_service_refuses_over_every_protocol()
    {
        await using var mesh = await Mesh.Start();
        var address = Open(mesh, "grpc", with: model => model with { Url = $"http://{Backend.ClosedPort()}/" });
        using var http1 = await RawConnection.To(address);

        var get = await Ask(address, Head("GET", Alice));
        var call = await Ask(address, Call(Alice), "\0\0\0\0\0");
        var head = await http1.Ask("HEAD / HTTP/1.1\r\nHost: payments\r\nCookie: session=alice-1\r\n\r\n", head: true);

        Assert.That((get.Status, get["retry-after"]), Is.EqualTo((503, "1")));
        Assert.That(get.Body, Does.Contain("external_authorization_unavailable"));
        Assert.That((call.Status, call["grpc-status"], call.EndedByHead), Is.EqualTo((200, "14", true)));
        Assert.That((head.Status, head["Retry-After"]), Is.EqualTo((503, "1")));
        Assert.That(_application.Executed, Is.Zero);
    }

    [Test]
    public async Task The_body_of_an_HTTP_2_request_is_bounded([Values] bool hasLength)
    {
        await using var mesh = await Mesh.Start();
        var address = Open(mesh, "http2", with: EightBytes);
        (string, string)[] Fields(int length) => hasLength ? [Alice, ("content-length", $"{length}")] : [Alice];

        var passed = await Ask(address, Head("POST", Fields(8)), "12345678");
        Assert.That((passed.Status, _service.Last.Body, _application.Last.Body), Is.EqualTo((200, "12345678", "12345678")));

        var refused = await Ask(address, Head("POST", Fields(9)), "123456789");
        Assert.That((refused.Status, _service.Asked, _application.Executed), Is.EqualTo((413, 1, 1)));
    }

    [Test]
    public async Task The_messages_of_a_gRPC_call_are_bounded()
    {
        await using var mesh = await Mesh.Start();
        var address = Open(mesh, "grpc", with: EightBytes);

        Assert.That((await Ask(address, Call(Alice), "\0\0\0\0\u0003abc")).Status, Is.EqualTo(200));
        Assert.That((_service.Last.Body, _application.Last.Body), Is.EqualTo(("\0\0\0\0\u0003abc", "\0\0\0\0\u0003abc")));

        var refused = await Ask(address, Call(Alice), "\0\0\0\0\u0004abcd");
        Assert.That((refused.Status, refused["grpc-status"], _service.Asked, _application.Executed), Is.EqualTo((200, "8", 1, 1)));
    }

    private static ExternalAuthorizationModel EightBytes(ExternalAuthorizationModel model) =>
        model with { MaxBodySize = 8, Method = AuthorizationMethod.Post };

    // Over a connection of its own: a server may reset a stream whose body it does not need, after the response (RFC 9113 §8.1).
    private static async Task<H2Message> Ask(IPEndPoint address, Fields head, string? body = null)
    {
        using var client = await H2Connection.To(address);
        return await client.Ask(head, body);
    }

    private static Fields Head(string method, params (string, string)[] fields) =>
        Fields.Request(method, "/pay.Payments/Charge", "payments", fields);

    private static Fields Call(params (string, string)[] fields) =>
        Head("POST", [("content-type", "application/grpc"), ("te", "trailers"), .. fields]);

    private IPEndPoint Open(
        Mesh mesh,
        string protocol,
        Backend? application = null,
        Func<ExternalAuthorizationModel, ExternalAuthorizationModel>? with = null)
    {
        var instance = application?.HostPort ?? _application.HostPort;
        mesh.BareService("payments", protocol, _service.Policy(with), instance);
        if (kind == ListenerKind.Inbound)
        {
            return mesh.Inbound(instance, protocol: protocol);
        }

        var address = mesh.Open(kind, "ingress/public");
        mesh.Ingress(address.Port, ("*", "payments"));
        return address;
    }
}
