using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

public class UpgradeTests
{
    [Test]
    public async Task A_WebSocket_delivers_outstanding_data_before_closing()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send(
            "GET /ws HTTP/1.1\r\nHost: payments\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: "
                + "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        using var upstream = await payments.NextConnection();
        var request = new RawMessage(await upstream.ReadHead());
        await upstream.Send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                + "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        var head = new RawMessage(await client.ReadHead());
        await client.Send("ping");
        var ping = await upstream.ReadBytes(4);
        await upstream.Send("last words");
        upstream.Dispose();

        Assert.That(request["Upgrade"], Is.EqualTo("websocket"));
        Assert.That(request["Connection"], Is.EqualTo("Upgrade"));
        Assert.That(head.Status, Is.EqualTo(101));
        Assert.That(head["Upgrade"], Is.EqualTo("websocket"));
        Assert.That(ping, Is.EqualTo("ping"u8.ToArray()));
        Assert.That(await client.ReadToEnd(), Is.EqualTo("last words"));
    }

    [TestCase("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__", "")]
    [TestCase("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 4", "body")]
    [TestCase("Connection: Upgrade\r\nUpgrade: HTTP/2.0, TLS/1.0", "")]
    [TestCase("Upgrade: tcp", "")]
    public async Task An_ignorable_upgrade_is_answered_in_HTTP_1(string lines, string body)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        var answer = await client.Ask($"POST / HTTP/1.1\r\n{listener.Lines}{lines}\r\n\r\n{body}");

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
        Assert.That(
            (payments.Last.Has("Upgrade"), payments.Last.Has("HTTP2-Settings"), payments.Last.Body), Is.EqualTo((false, false, body)));
    }

    [Test]
    public async Task An_upgrade_in_HTTP_1_0_is_ignored()
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        var answer = await client.Ask("GET / HTTP/1.0\r\nHost: payments\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");

        Assert.That((answer.Status, payments.Last.Has("Upgrade")), Is.EqualTo((200, false)));
    }

    [TestCase("tcp, WebSocket", "tcp, WebSocket")]
    [TestCase("IRC/6.9", "IRC/6.9")]
    [TestCase("h2c, tcp", "tcp")]
    [TestCase("TLS/1.0,HTTP/2.0, ,spdy/3.1", "spdy/3.1")]
    public async Task Protocols_are_forwarded_as_they_came_but_for_HTTP_and_TLS(string offered, string forwarded)
    {
        using var payments = new Backend();
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        await client.Send($"GET /ws HTTP/1.1\r\n{listener.Lines}Connection: keep-alive, Upgrade\r\nUpgrade: {offered}\r\n\r\n");
        using var upstream = await payments.NextConnection();
        var request = new RawMessage(await upstream.ReadHead());
        await upstream.Send($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {forwarded}\r\n\r\n");

        Assert.That(request["Upgrade"], Is.EqualTo(forwarded));
        Assert.That(new RawMessage(await client.ReadHead()).Status, Is.EqualTo(101));
    }

    [TestCase("Upgrade: h2c\r\n")]
    [TestCase("Upgrade: echo, h2c\r\n")]
    [TestCase("")]
    public async Task A_switch_to_a_protocol_that_was_not_asked_for_is_502(string chosen)
    {
        using var payments = Backend.Bytes($"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n{chosen}\r\n");
        await using var listener = await OneListener.Start(ListenerKind.Outbound, payments.HostPort);
        using var client = await listener.Connect();

        var answer = await client.Ask($"GET / HTTP/1.1\r\n{listener.Lines}Connection: Upgrade\r\nUpgrade: echo\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(502));
    }
}
