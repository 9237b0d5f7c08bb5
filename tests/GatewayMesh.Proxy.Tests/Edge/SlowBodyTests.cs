using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Edge;

/// <summary>Request bodies that are too slow end with 408; legitimately silent bodies continue.</summary>
public class SlowBodyTests
{
    private const string Upgrade =
        "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: "
            + "dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    private const string Switching =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
            + "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

    private static readonly LimitsSpec Paced = new() { MinRequestBodyDataRate = 240, RequestBodyGrace = TimeSpan.FromMilliseconds(300) };

    [TestCase("Content-Length: 100000\r\n\r\n0123456789", TestName = "A_stalled_body_is_408_and_never_counts_against_the_instance(length)")]
    [
        TestCase(
            "Transfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n",
            TestName = "A_stalled_body_is_408_and_never_counts_against_the_instance(chunked)")]
    public async Task A_stalled_body_is_408_and_never_counts_against_the_instance(string body)
    {
        using var application = new Backend();
        await using var edge = await PublicMesh.Start(application, Paced);
        using var client = await RawConnection.To(edge.Address);

        var answer = await client.Ask($"POST / HTTP/1.1\r\nHost: x\r\n{body}");

        Assert.That(answer.Status, Is.EqualTo(408));
        Assert.That(answer["Proxy-Status"], Does.StartWith("gatewaymesh; error=http_request_error"));
        Assert.That(answer.Body, Does.Contain("\"error\":\"request_timeout\""));
        Assert.That(await client.IsEnded());
        Assert.That(edge.Mesh.Plane.Inspection.Endpoints().Select(endpoint => endpoint.ConsecutiveFailures), Has.All.Zero);
    }

    [Test]
    public async Task A_slow_body_is_408_while_it_is_still_arriving()
    {
        using var application = new Backend();
        await using var edge = await PublicMesh.Start(application, Paced);
        using var client = await RawConnection.To(edge.Address);
        await client.Send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
        var answer = client.ReadMessage(isResponse: true);
        try
        {
            while (!answer.IsCompleted)
            {
                await client.Send("x");
                await Task.WhenAny(answer, Task.Delay(50)); // 20 bytes a second
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
        }

        Assert.That((await answer).Status, Is.EqualTo(408));
    }

    [Test]
    public async Task On_HTTP_2_only_the_slow_stream_is_ended()
    {
        using var application = new Backend(
            (request, connection) =>
                request.Method == "GET" ? connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid") : Task.CompletedTask);
        await using var edge = await PublicMesh.Start(application, Paced);
        using var client = await H2Connection.To(edge.Address);
        var slow = await client.Request(Fields.Request("POST", "/", "x"), end: false);
        await client.Data(slow, "0123456789");

        var refused = await client.ReadMessage();

        Assert.That((refused.Stream, refused.Status), Is.EqualTo((slow, 408)));
        var stream = await client.Request(Fields.Request("GET", "/", "x"));
        Frame frame;
        do
        {
            frame = await client.ReadUntil(FrameType.Headers);
        }
        while (frame.Stream != stream);
        Assert.That(Hpack.Decode(frame.Payload).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_silent_WebSocket_outlives_a_slow_body()
    {
        using var application = new Backend();
        await using var edge = await PublicMesh.Start(application, Paced);
        using var socket = await RawConnection.To(edge.Address);
        await socket.Send(Upgrade);
        using var socketAtApplication = await application.NextConnection();
        await socketAtApplication.ReadMessage(isResponse: false);
        await socketAtApplication.Send(Switching);
        Assert.That(await socket.ReadHead(), Does.StartWith("HTTP/1.1 101"));

        using var slow = await RawConnection.To(edge.Address);
        var refused = await slow.Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n0123456789");

        Assert.That(refused.Status, Is.EqualTo(408), "the last request is the only one that ends");
        await socketAtApplication.Send("frames");
        Assert.That(Encoding.Latin1.GetString(await socket.ReadBytes(6)), Is.EqualTo("frames"));
    }

    [Test]
    public async Task A_gRPC_call_and_a_body_whose_response_has_started_may_be_silent()
    {
        using var payments = new H2Backend();
        await using var mesh = await Mesh.Start(options => options with { Limits = Paced });
        mesh.BareService("payments", payments.HostPort, "http2");
        var address = mesh.Outbound();
        using var client = await H2Connection.To(address);
        var stream = await client.Request(Fields.Request("POST", "/", "payments"), end: false);
        using var application = await payments.NextConnection();
        var (call, _, _) = await application.ReadHead();
        await application.Headers(call, Fields.Of((":status", "200")));
        Assert.That((await client.ReadHead()).Fields.Status, Is.EqualTo(200));

        var silent = await client.Request(
            Fields.Request("POST", "/s/m", "payments", ("content-type", "application/grpc"), ("te", "trailers")), end: false);
        var (grpc, _, _) = await application.ReadHead();

        using var slow = await H2Connection.To(address);
        await slow.Request(Fields.Request("POST", "/", "payments"), end: false);
        var refused = await slow.ReadMessage();
        await client.Data(stream, "late", end: true);
        await application.Data(call, "paid", end: true);

        Assert.That(refused.Status, Is.EqualTo(408), "the last request");
        Assert.That((await client.ReadUntil(FrameType.Data)).Payload, Is.EqualTo("paid"u8.ToArray()));
        await client.Data(silent, "\0\0\0\0\0", end: true);
        await application.Headers(
            grpc, Fields.Of((":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "0")), end: true);
        var head = await client.ReadUntil(FrameType.Headers);
        Assert.That(
            (head.Stream, Hpack.Decode(head.Payload).Status, Hpack.Decode(head.Payload)["grpc-status"]), Is.EqualTo((silent, 200, "0")));
    }

    [Test]
    public async Task A_slow_application_does_not_count_against_a_fast_client()
    {
        using var application = new Backend();
        await using var edge = await PublicMesh.Start(application, Paced);
        using var client = await RawConnection.To(edge.Address);
        await client.Send($"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\n{new string('x', 4000)}");
        using var atApplication = await application.NextConnection();
        using var slow = await RawConnection.To(edge.Address);
        var refused = await slow.Ask("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n0123456789");
        await atApplication.ReadMessage(isResponse: false);
        await atApplication.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");

        Assert.That(refused.Status, Is.EqualTo(408));
        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
    }
}
