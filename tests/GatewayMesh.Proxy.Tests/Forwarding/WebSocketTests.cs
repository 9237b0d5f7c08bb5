using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>WebSockets over two hops: an HTTP/1.1 upgrade, regardless of the service's protocol.</summary>
public class WebSocketTests
{
    private const string Upgrade =
        "GET /ws HTTP/1.1\r\nHost: payments\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: "
            + "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    private const string Switching =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
            + "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    [TestCase("http")]
    [TestCase("http2")]
    [TestCase("grpc")]
    public async Task A_WebSocket_is_upgraded_on_each_hop_even_if_the_service_speaks_HTTP_2(string protocol)
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Http2.PriorKnowledgeTests.Sidecars(payments.HostPort, protocol);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send(Upgrade);
        using var application = await payments.NextConnection();
        var request = new RawMessage(await application.ReadHead());
        await application.Send(Switching);
        var head = new RawMessage(await client.ReadHead());

        Assert.That(
            (request.StartLine, request["Upgrade"], request["Sec-WebSocket-Key"]),
            Is.EqualTo(("GET /ws HTTP/1.1", "websocket", "dGhlIHNhbXBsZSBub25jZQ==")));
        Assert.That((head.Status, head["Sec-WebSocket-Accept"]), Is.EqualTo((101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")));
        await client.Send("one way");
        Assert.That(await application.ReadBytes(7), Is.EqualTo("one way"u8.ToArray()));
        await application.Send("and back");
        Assert.That(await client.ReadBytes(8), Is.EqualTo("and back"u8.ToArray()));
    }

    [Test]
    public async Task An_application_that_refuses_the_upgrade_answers_as_usual()
    {
        using var payments = Backend.Bytes("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        var (mesh, outbound) = await Http2.PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask(Upgrade);

        Assert.That((answer.Status, answer.Body), Is.EqualTo((403, "no")));
    }

    [Test]
    public async Task The_closing_handshake_passes_from_either_side()
    {
        foreach (var fromClient in new[] { true, false })
        {
            using var payments = new Backend();
            var (mesh, outbound) = await Http2.PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
            await using var _ = mesh;
            var (client, application) = await Connect(payments, outbound);
            using var both = client;
            using var other = application;
            await Echo(client, application);
            var (closing, closed) = fromClient ? (client, application) : (application, client);
            var closure = closing.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "bye", CancellationToken.None);
            var closeFrame = await closed.ReceiveAsync(new byte[100], CancellationToken.None);
            await closed.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "well", CancellationToken.None);
            await closure;

            Assert.That(
                (closeFrame.MessageType, closeFrame.CloseStatus, closeFrame.CloseStatusDescription),
                Is.EqualTo((WebSocketMessageType.Close, (WebSocketCloseStatus?)WebSocketCloseStatus.EndpointUnavailable, "bye")));
            Assert.That(closing.CloseStatusDescription, Is.EqualTo("well"));
            Assert.That(() => mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(5000, 5));
        }
    }

    [Test]
    public async Task A_half_closed_WebSocket_still_receives()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Http2.PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        var (client, application) = await Connect(payments, outbound);
        using (client)
        using (application)
        {
            await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "no more", CancellationToken.None);
            var buffer = new byte[100];
            Assert.That(
                (await application.ReceiveAsync(buffer, CancellationToken.None)).MessageType, Is.EqualTo(WebSocketMessageType.Close));
            for (var i = 0; i < 3; i++)
            {
                await application.SendAsync("more"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
                Assert.That((await client.ReceiveAsync(buffer, CancellationToken.None)).Count, Is.EqualTo(4));
            }

            await application.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "done", CancellationToken.None);
            Assert.That((await client.ReceiveAsync(buffer, CancellationToken.None)).CloseStatusDescription, Is.EqualTo("done"));
        }
    }

    [Test]
    public async Task A_WebSocket_is_counted_by_a_drain_and_may_finish()
    {
        using var payments = new Backend();
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());
        await client.Send(Upgrade);
        using var application = await payments.NextConnection();
        await application.ReadHead();
        await application.Send(Switching);
        await client.ReadHead();

        var left = await mesh.Plane.DrainAsync(TimeSpan.FromMilliseconds(200), idle: TimeSpan.Zero);

        Assert.That(left, Is.EqualTo(new DrainResult(1, 1)));
        await client.Send("still");
        Assert.That(await application.ReadBytes(5), Is.EqualTo("still"u8.ToArray()));
        application.Dispose();
        Assert.That(await client.IsEnded());
        Assert.That((await mesh.Plane.DrainAsync(TimeSpan.FromSeconds(10))).IsClean);
    }

    [Test]
    public async Task A_WebSocket_on_an_HTTP_2_stream_becomes_an_upgrade()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Http2.PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var client = new ClientWebSocket();
        client.Options.HttpVersion = HttpVersion.Version20;
        client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        client.Options.SetRequestHeader("Host", "payments");
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false });
        var connecting = client.ConnectAsync(new Uri($"ws://{outbound}/ws"), invoker, CancellationToken.None);
        using var raw = await payments.NextConnection();
        var request = new RawMessage(await raw.ReadHead());
        Assert.That((request.StartLine, request["Upgrade"], request["Host"]), Is.EqualTo(("GET /ws HTTP/1.1", "websocket", "payments")));
        await raw.Send(
            $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                + $"{AcceptFor(request["Sec-WebSocket-Key"]!)}\r\n\r\n");
        using var application = WebSocket.CreateFromStream(new NetworkStream(raw.Socket), isServer: true, null, Timeout.InfiniteTimeSpan);
        await connecting;

        await Echo(client, application);
    }

    private static async Task<(WebSocket Client, WebSocket Application)> Connect(Backend backend, IPEndPoint outbound)
    {
        var client = new ClientWebSocket();
        client.Options.SetRequestHeader("Host", "payments");
        var connecting = client.ConnectAsync(new Uri($"ws://{outbound}/ws"), CancellationToken.None);
        var raw = await backend.NextConnection();
        var request = new RawMessage(await raw.ReadHead());
        await raw.Send(
            $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                + $"{AcceptFor(request["Sec-WebSocket-Key"]!)}\r\n\r\n");
        await connecting;
        return (client, WebSocket.CreateFromStream(new NetworkStream(raw.Socket), isServer: true, null, Timeout.InfiniteTimeSpan));
    }

    private static async Task Echo(WebSocket client, WebSocket application)
    {
        await client.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        var buffer = new byte[100];
        var got = await application.ReceiveAsync(buffer, CancellationToken.None);
        await application.SendAsync(buffer.AsMemory(0, got.Count), WebSocketMessageType.Binary, true, CancellationToken.None);
        var back = await client.ReceiveAsync(buffer, CancellationToken.None);
        Assert.That(buffer[..back.Count], Is.EqualTo("ping"u8.ToArray()));
    }

    // RFC 6455 §4.2.2
    internal static string AcceptFor(string key) =>
#pragma warning disable CA5350 // not for secrecy
        Convert.ToBase64String(
            System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
}
