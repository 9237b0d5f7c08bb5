using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>
/// Behavior that the server of HTTP/2 or the HTTP client tolerates or hides today. Each test fails when its gap is closed; then the test
/// moves to the tests of correct behavior, and its row leaves the table in docs/limitations.md.
/// </summary>
public class KnownGapTests
{
    [Test]
    public async Task Request_trailers_of_HTTP_2_are_dropped()
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.ConnectHttp2();

        var stream = await client.Request(listener.Head("POST", "/"), end: false);
        await client.Data(stream, "12345");
        await client.Headers(stream, Rig.Http2.Fields.Of(("x-sum", "1")), end: true);
        var answer = await client.ReadMessage();

        Assert.That(answer.Status, Is.EqualTo(200));
        Assert.That(payments.Last.Body, Is.EqualTo("12345"));
        Assert.That(payments.Last.Trailers, Is.Empty);
    }

    [Test]
    public async Task An_informational_response_is_not_forwarded_to_HTTP_2()
    {
        using var payments = Backend.Bytes(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.ConnectHttp2();

        var answer = await client.Ask(listener.Head("GET", "/"));

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
    }
}
