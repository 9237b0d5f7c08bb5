using System.Text;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Authorization;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Pipeline;

/// <summary>Methods are case-sensitive tokens (RFC 9110 §9.1) on every kind of listener.</summary>
public class MethodTests
{
    [Test]
    public async Task A_known_method_in_the_wrong_case_is_forwarded_as_it_came_on_HTTP_1_and_501_on_HTTP_2(
        [ValueSource(typeof(OneListener), nameof(OneListener.Kinds))] ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(kind, payments.HostPort);

        foreach (var method in (string[])["delete", "Get", "pOST", "Options", "trace", "patch", "Put", "query"])
        {
            using var one = await listener.Connect();
            using var two = await listener.ConnectHttp2();
            var answer = await one.Ask($"{method} /x HTTP/1.1\r\n{listener.Lines}Content-Length: 0\r\n\r\n");
            Assert.That((answer.Status, payments.Last.Method), Is.EqualTo((200, method)));
            var executed = payments.Executed;
            Assert.That((await two.Ask(listener.Head(method, "/x"))).Status, Is.EqualTo(501), method);
            Assert.That(payments.Executed, Is.EqualTo(executed), method);
        }

        Assert.That(listener.Evidence(), Is.EqualTo((0, 0)));
    }

    [TestCase("PURGE")]
    [TestCase("purge")]
    [TestCase("M-SEARCH")]
    [TestCase("get1")]
    public async Task An_unknown_method_is_passed_on_unchanged(string method)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var one = await listener.Connect();
        using var two = await listener.ConnectHttp2();

        Assert.That((await one.Ask($"{method} /x HTTP/1.1\r\n{listener.Lines}\r\n")).Status, Is.EqualTo(200));
        Assert.That((await two.Ask(listener.Head(method, "/x"))).Status, Is.EqualTo(200));
        Assert.That(payments.Requests.Select(request => request.Method), Is.EqualTo([method, method]));
    }

    [TestCase("GET", 403)]
    [TestCase("CONNECT", 403)]
    [TestCase("POST", 403)]
    public async Task An_HTTP_2_WebSocket_is_authorized_routed_and_logged_as_the_GET_that_the_application_sees(string allowed, int status)
    {
        using var refusing = Backend.Bytes("HTTP/1.1 403 Forbidden\r\nX-From: application\r\nContent-Length: 0\r\n\r\n");
        using var log = new MemoryStream();
        var mesh = await Guarded.Start(accessLog: log);
        await using (mesh)
        {
            mesh.Service("payments", refusing.HostPort).Intentions(new DeclaredIntentions(
                [
                    new ServiceIntentionsEntry
                    {
                        Name = "payments",
                        Sources = [
                            new IntentionSource("web")
                            {
                                Permissions = [new PermissionRule(IntentionAction.Allow) { Methods = [allowed] }],
                            }],
                    }],
                IntentionAction.Deny));
            using var client = await H2Connection.To(mesh.Inbound(refusing.HostPort));

            var answer = await client.Ask(WebSocket((CallerByHeader.Field, "web")));

            Assert.That(answer.Status, Is.EqualTo(status));
            Assert.That(
                answer["x-from"],
                Is.EqualTo(allowed == "GET" ? "application" : null),
                "an intention that allows GET allows it, and no other intention does");
            Assert.That(
                refusing.Requests.Select(request => request.StartLine),
                Is.EqualTo(allowed == "GET" ? ["GET /ws HTTP/1.1"] : Array.Empty<string>()));
        }

        Assert.That(Encoding.UTF8.GetString(log.ToArray()), Does.Contain("\"method\":\"GET\"").And.Not.Contain("CONNECT"));
    }

    [Test]
    public async Task A_route_for_GET_matches_an_HTTP_2_WebSocket()
    {
        using var chosen = Backend.Bytes("HTTP/1.1 403 Forbidden\r\nX-From: chosen\r\nContent-Length: 0\r\n\r\n");
        await using var mesh = await Mesh.Start();
        mesh.Route(
            "payments",
            Routes.Router(
                Routes.Resolver("nowhere", Backend.ClosedPort()),
                (Routes.Methods("GET"), Configuration.Routing.RouteAction.None, Routes.Resolver("chosen", chosen.HostPort))));
        using var client = await H2Connection.To(mesh.Outbound());

        Assert.That((await client.Ask(WebSocket()))["x-from"], Is.EqualTo("chosen"));
    }

    private static Fields WebSocket(params (string Name, string Value)[] more) => Fields.Of(
        [
            (":method", "CONNECT"),
            (":protocol", "websocket"),
            (":scheme", "http"),
            (":path", "/ws"),
            (":authority", "payments"),
            ("sec-websocket-version", "13"),
            .. more]);
}
