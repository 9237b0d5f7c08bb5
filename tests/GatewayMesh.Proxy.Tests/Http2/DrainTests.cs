using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Http2;

public class DrainTests
{
    [Test]
    public async Task A_busy_connection_gets_GOAWAY_at_once_and_finishes_running_and_transit_requests()
    {
        using var payments = new H2Backend();
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());
        await client.Request(Fields.Request("GET", "/1", "payments"));
        using var application = await payments.NextConnection();
        var (first, _, _) = await application.ReadHead();

        var drain = mesh.Plane.DrainAsync(TimeSpan.FromSeconds(20), idle: TimeSpan.FromMilliseconds(50));
        var goAway = await client.Read();
        Assert.That(
            (goAway.Type, goAway.LastStream, goAway.ErrorCode),
            Is.EqualTo((FrameType.GoAway, int.MaxValue, 0)),
            "no last stream is named yet");
        await client.Request(Fields.Request("GET", "/2", "payments")); // as from a client that has not read it
        var (second, _, _) = await application.ReadHead();
        Assert.That(drain.IsCompleted, Is.False);
        await application.Headers(first, Fields.Of((":status", "200")), end: true);
        await application.Headers(second, Fields.Of((":status", "200")), end: true);

        Assert.That((await client.ReadMessage()).Status, Is.EqualTo(200));
        Assert.That((await client.ReadMessage()).Status, Is.EqualTo(200));
        Assert.That((await client.ReadUntil(FrameType.GoAway)).LastStream, Is.EqualTo(3));
        Assert.That(await client.Raw.IsEnded());
        Assert.That(await drain, Is.EqualTo(new DrainResult(0, 0)));
    }

    [Test]
    public async Task An_idle_connection_is_ended_by_a_GOAWAY_that_names_its_last_stream()
    {
        using var payments = H2Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());
        await client.Ask(Fields.Request("GET", "/", "payments"));

        var drain = mesh.Plane.DrainAsync(TimeSpan.FromSeconds(20), idle: TimeSpan.FromMilliseconds(50));
        var goAway = await client.ReadUntil(FrameType.GoAway);

        Assert.That((goAway.LastStream, goAway.ErrorCode), Is.EqualTo((1, 0)), "streams above it were not taken and may go anywhere");
        Assert.That(await client.Raw.IsEnded());
        Assert.That((await drain).IsClean);
    }

    [Test]
    public async Task An_endless_stream_is_counted_at_the_timeout_and_continues()
    {
        using var payments = new H2Backend();
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());
        await client.Request(Fields.Request("GET", "/", "payments"));
        using var application = await payments.NextConnection();
        var (stream, _, _) = await application.ReadHead();
        await application.Headers(stream, Fields.Of((":status", "200")));
        await client.ReadHead();

        var left = await mesh.Plane.DrainAsync(TimeSpan.FromMilliseconds(100));

        Assert.That(left, Is.EqualTo(new DrainResult(1, 1)));
        await application.Data(stream, "still", end: true);
        Assert.That((await client.ReadUntil(FrameType.Data)).Payload, Is.EqualTo("still"u8.ToArray()));
        Assert.That(await client.Raw.IsEnded());
    }

    [Test]
    public async Task An_old_carried_connection_gets_GOAWAY_and_loses_no_request()
    {
        using var payments = H2Backend.Answering("paid");
        await using var mesh = await Mesh.Start(
            options => options with { RoleName = "gateway", MaxCarriedAge = TimeSpan.FromMilliseconds(200) });
        mesh.BareService("payments", payments.HostPort, "http2");
        using var raw = await RawConnection.To(mesh.Open(ListenerKind.Tunnel, "tunnel"));
        await raw.Send(new TunnelHello("web", null, "host-b", "1").ToBytes());
        await raw.ReadBytes(1);
        using var client = await H2Connection.Open(raw);

        H2Message answer;
        var served = 0;
        do
        {
            await client.Request(Fields.Request("GET", "/", "payments"));
            var early = new List<Frame>();
            answer = await Answer(client, early);
            Assert.That(answer.Body, Is.EqualTo("paid"));
            answer.Others.AddRange(early);
            served++;
        }
        while (!answer.Others.Exists(frame => frame.Type == FrameType.GoAway));

        Assert.That(served, Is.GreaterThan(1));
        Assert.That(await raw.IsEnded());
    }

    private static async Task<H2Message> Answer(H2Connection client, List<Frame> before)
    {
        Fields? head = null;
        var body = "";
        while (true)
        {
            var frame = await client.Read();
            switch (frame.Type)
            {
                case FrameType.Headers:
                    head = Hpack.Decode(frame.Payload);
                    break;
                case FrameType.Data:
                    body += System.Text.Encoding.Latin1.GetString(frame.Payload);
                    break;
                default:
                    before.Add(frame);
                    break;
            }

            if (frame.EndsStream)
            {
                return new H2Message(frame.Stream, head!) { Body = body };
            }
        }
    }
}
