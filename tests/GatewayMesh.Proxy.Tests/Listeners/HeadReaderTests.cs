using System.Text;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Listeners;

/// <summary>Valid heads that the server would reject, on every kind of listener and in every fragmentation.</summary>
public class HeadReaderTests
{
    [Test]
    public async Task An_upper_case_scheme_and_an_empty_port_are_accepted(
        [ValueSource(typeof(OneListener), nameof(OneListener.Kinds))] ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(kind, payments.HostPort);
        using var client = await listener.Connect();
        var more = listener.Lines[(listener.Lines.IndexOf('\n', StringComparison.Ordinal) + 1)..];

        foreach (
            var (target, host) in ((string, string)[])[
                ("HTTP://payments/x", "payments"),
                ("hTTp://payments/x", "payments"),
                ("HTTPS://payments/x", "payments"),
                ("/x", "payments:"),
                ("/x", "payments: \t"),
                ("HTTP://payments:/x", "payments:"),
                ("http://payments:/x", "payments")])
        {
            var answer = await client.Ask($"GET {target} HTTP/1.1\r\nhOST: {host}\r\n{more}\r\n");
            Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")), target + " " + host);
            Assert.That((payments.Last.Target, payments.Last["Host"]), Is.EqualTo(("/x", "payments")), target + " " + host);
        }
    }

    [TestCase("Host: :")]
    [TestCase("Host: payments::")]
    [TestCase("Host: payments:x")]
    [TestCase("Host: a:b:")]
    public async Task An_invalid_host_stays_400(string host)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        Assert.That((await client.Ask($"GET / HTTP/1.1\r\n{host}\r\n\r\n")).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task A_head_is_read_the_same_in_any_fragmentation([Values(1, 2, 3, 7, 16, 31)] int size)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();
        var request =
            "POST HTTP://payments/x HTTP/1.1\r\nHost: payments:\r\nConnection: x-foo, keep-alive\r\nX-Foo: hop\r\nContent-Length: "
                + "21\r\n\r\nHost: payments:\r\n\r\n1234";

        for (var i = 0; i < 2; i++)
        {
            for (var at = 0; at < request.Length; at += size)
            {
                await client.Send(Encoding.Latin1.GetBytes(request.Substring(at, Math.Min(size, request.Length - at))));
                await Task.Yield();
            }

            Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(200));
            Assert.That((payments.Last.Target, payments.Last["Host"], payments.Last.Has("X-Foo")), Is.EqualTo(("/x", "payments", false)));
            Assert.That(payments.Last.Body, Is.EqualTo("Host: payments:\r\n\r\n1234"[..21]), "a body is not a head");
        }
    }

    [Test]
    public async Task Pipelined_requests_are_each_read_and_bodies_are_unchanged()
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();
        const string Body = "GET HTTP://other/ HTTP/1.1\r\nHost: other:\r\nConnection: x-a\r\nX-A: 1\n\r\n";
        var chunk = $"{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n";

        await client.Send(
            $"POST /1 HTTP/1.1\r\nHost: payments:\r\nContent-Length: {Body.Length}\r\n\r\n{Body}"
            + $"POST /2 HTTP/1.1\r\nHost: payments:\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}"
            + "GET HTTP://payments:/3 HTTP/1.1\r\nHost: payments:\r\n\r\n");
        for (var i = 0; i < 3; i++)
        {
            Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(200));
        }

        Assert.That(payments.Requests.Select(request => request.Target), Is.EqualTo(["/1", "/2", "/3"]));
        Assert.That(payments.Requests.Select(request => request.Body), Is.EqualTo([Body, Body, ""]));
    }

    [Test]
    public async Task A_long_head_over_many_buffers_is_read_whole()
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();
        var fields = string.Concat(Enumerable.Range(0, 50).Select(i => $"X-{i}: {new string('x', 300)}\r\n"));

        var answer = await client.Ask($"GET HTTP://payments/x HTTP/1.1\r\n{fields}Connection: x-7, keep-alive\r\nHost: payments:\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(200));
        Assert.That((payments.Last["Host"], payments.Last.Has("X-7"), payments.Last.Has("X-8")), Is.EqualTo(("payments", false, true)));
    }
}
