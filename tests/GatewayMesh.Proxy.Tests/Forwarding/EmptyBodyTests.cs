using System.Globalization;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>Messages without a body stay without a body and keep their status.</summary>
public class EmptyBodyTests
{
    [TestCase("Content-Length: 0")]
    [TestCase("Content-Length: 5")]
    [TestCase("X-A: b")]
    public async Task Content_Length_in_a_204_is_dropped(string field)
    {
        using var payments = Backend.Bytes($"HTTP/1.1 204 No Content\r\n{field}\r\nX-Kept: 1\r\n\r\n");
        await using var listener = await OneListener.Start(ListenerKind.Inbound, payments.HostPort);
        using var one = await listener.Connect();
        using var two = await listener.ConnectHttp2();

        for (var i = 0; i < 2; i++)
        {
            var answer = await one.Ask($"GET / HTTP/1.1\r\n{listener.Lines}\r\n");
            Assert.That(
                (answer.Status, answer.Has("Content-Length"), answer.Has("Transfer-Encoding"), answer["X-Kept"]),
                Is.EqualTo((204, false, false, "1")),
                "on the same connection");
        }

        var stream = await two.Ask(listener.Head("GET", "/"));
        Assert.That((stream.Status, stream["content-length"], stream.EndedByHead), Is.EqualTo((204, (string?)null, true)));
        Assert.That(listener.Evidence(), Is.EqualTo((0, 0)));
    }

    [TestCase("Content-Length: 0\r\n\r\n")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [TestCase("Transfer-Encoding: chunked\r\n\r\n4\r\npaid\r\n0\r\n\r\n")]
    [TestCase("Content-Length: 4\r\n\r\npaid")]
    public async Task A_205_keeps_its_status(string rest)
    {
        using var payments = Backend.Bytes($"HTTP/1.1 205 Reset Content\r\nX-Kept: 1\r\n{rest}");
        await using var listener = await OneListener.Start(ListenerKind.Inbound, payments.HostPort);
        using var one = await listener.Connect();
        using var two = await listener.ConnectHttp2();

        for (var i = 0; i < 2; i++)
        {
            var answer = await one.Ask($"GET / HTTP/1.1\r\n{listener.Lines}\r\n");
            Assert.That((answer.Status, answer["X-Kept"], answer.Body), Is.EqualTo((205, "1", "")), "on the same connection");
        }

        Assert.That((await two.Ask(listener.Head("GET", "/"))).Status, Is.EqualTo(205));
    }

    [Test]
    public async Task A_205_over_HTTP_2_keeps_its_status()
    {
        using var payments = H2Backend.HeadOnly((":status", "205"));
        await using var listener = await OneListener.Start(ListenerKind.Inbound, payments.HostPort, "http2");
        using var one = await listener.Connect();
        using var two = await listener.ConnectHttp2();

        Assert.That((await one.Ask($"GET / HTTP/1.1\r\n{listener.Lines}\r\n")).Status, Is.EqualTo(205));
        Assert.That((await two.Ask(listener.Head("GET", "/"))).Status, Is.EqualTo(205));
    }

    [TestCase("GET", "")]
    [TestCase("GET", "Content-Type: text/plain\r\n")]
    [TestCase("HEAD", "Content-Type: text/plain\r\nContent-Language: en\r\n")]
    [TestCase("OPTIONS", "Content-Encoding: gzip\r\nExpires: 0\r\n")]
    [TestCase("DELETE", "Content-Type: text/plain\r\n")]
    [TestCase("GET", "Allow: x\r\nLast-Modified: never\r\n")]
    public async Task A_request_without_a_body_gains_no_Content_Length_and_keeps_its_fields(string method, string fields)
    {
        using var payments = Backend.Answering("");
        using var http2 = H2Backend.Answering("");
        await using var first = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        await using var second = await OneListener.Start(ListenerKind.Outbound, http2.HostPort, "http2");
        using var one = await first.Connect();
        using var two = await second.Connect();
        using var three = await first.ConnectHttp2();

        await one.Ask($"{method} / HTTP/1.1\r\n{first.Lines}{fields}\r\n", head: method == "HEAD");
        await two.Ask($"{method} / HTTP/1.1\r\n{second.Lines}{fields}\r\n", head: method == "HEAD");
        (string, string)[] given = [
            .. fields.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(": "))
                .Select(pair => (pair[0].ToLower(CultureInfo.InvariantCulture), pair[1]))];
        await three.Ask(first.Head(method, "/", given));

        foreach (var request in payments.Requests)
        {
            Assert.That(request.Has("Content-Length") || request.Has("Transfer-Encoding"), Is.False, request.Head);
            Assert.That(given.Select(field => request[field.Item1]), Is.EqualTo(given.Select(field => field.Item2)), request.Head);
        }

        Assert.That(http2.Last["content-length"], Is.Null);
        Assert.That(http2.Last.EndedByHead, "the head ends the stream");
        Assert.That(given.Select(field => http2.Last[field.Item1]), Is.EqualTo(given.Select(field => field.Item2)));
    }

    [Test]
    public async Task Content_Length_0_from_the_client_is_passed_on()
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        await client.Ask($"POST / HTTP/1.1\r\n{listener.Lines}Content-Length: 0\r\nContent-Type: text/plain\r\n\r\n");

        Assert.That((payments.Last["Content-Length"], payments.Last["Content-Type"]), Is.EqualTo(("0", "text/plain")));
    }
}
