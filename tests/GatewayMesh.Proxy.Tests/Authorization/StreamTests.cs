using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;
using static GatewayMesh.Proxy.Tests.Authorization.Guarded;

namespace GatewayMesh.Proxy.Tests.Authorization;

/// <summary>Running requests are ended when their caller is no longer allowed; other requests continue.</summary>
public class StreamTests
{
    [Test]
    public async Task An_HTTP_1_stream_is_aborted_when_its_caller_is_no_longer_allowed_and_other_callers_continue()
    {
        using var payments = new Backend();
        var logs = new Logged();
        await using var mesh = await Guarded.Start(logs);
        mesh.Intentions(Allow);
        var inbound = mesh.Inbound(payments.HostPort);
        using var denied = await RawConnection.To(inbound);
        using var stays = await RawConnection.To(inbound);
        using var first = await Begin(denied, payments, "web");
        using var second = await Begin(stays, payments, "api");

        mesh.Intentions(Allow, ("web", "payments", Deny));

        Assert.That(await denied.IsEnded());
        Assert.That(await first.IsEnded(), "at the application too");
        await second.Send("4\r\nmore\r\n0\r\n\r\n");
        Assert.That(await stays.ReadLine(), Is.EqualTo("4"));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_intentions_ended_total{source=\"web\",destination=\"payments\"} 1"));
        Assert.That(() => mesh.Metrics(), Does.Match("error=\"intention_denied\"").After(5000, 5));
        Assert.That(logs.Lines.Single().Event, Is.EqualTo("intention_ended"));
    }

    [Test]
    public async Task A_denied_HTTP_2_stream_is_reset_and_its_connection_serves_allowed_requests()
    {
        using var payments = new H2Backend();
        await using var mesh = await Guarded.Start();
        mesh.Intentions(Allow);
        using var client = await H2Connection.To(mesh.Inbound(payments.HostPort, protocol: "http2"));
        var ended = await client.Request(Fields.Request("GET", "/", "payments", (CallerByHeader.Field, "web")));
        using var application = await payments.NextConnection();
        var (stream, _, _) = await application.ReadHead();
        await application.Headers(stream, Fields.Of((":status", "200")));
        await client.ReadHead();

        mesh.Intentions(Allow, ("web", "payments", Deny));

        var reset = await client.ReadUntil(FrameType.RstStream);
        Assert.That(reset.Stream, Is.EqualTo(ended));
        Assert.That((await application.ReadUntil(FrameType.RstStream)).Stream, Is.EqualTo(stream));
        await client.Request(Fields.Request("GET", "/", "payments", (CallerByHeader.Field, "api")));
        using var others = await payments.NextConnection();
        var (next, _, _) = await others.ReadHead();
        await others.Headers(next, Fields.Of((":status", "200")), end: true);
        Assert.That((await client.ReadMessage()).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_denied_stream_through_a_gateway_is_ended_at_the_gateway()
    {
        using var payments = new Backend();
        await using var mesh = await Guarded.Start();
        mesh.Service("payments", payments.HostPort).Intentions(Allow);
        using var client = await RawConnection.To(mesh.Peers());
        using var upstream = await Begin(client, payments, "web", "gatewaymesh-destination: payments\r\n");

        mesh.Intentions(Deny);

        Assert.That(await client.IsEnded());
    }

    [Test]
    public async Task A_denied_WebSocket_is_ended()
    {
        using var payments = new Backend();
        await using var mesh = await Guarded.Start();
        mesh.Intentions(Allow);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));
        await client.Send(
            Head(
                "web",
                fields: "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
                    + "dGhlIHNhbXBsZSBub25jZQ==\r\n"));
        using var application = await payments.NextConnection();
        await application.ReadHead();
        await application.Send(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                + "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        await client.ReadHead();

        mesh.Intentions(Deny);

        Assert.That(await client.IsEnded());
    }

    [Test]
    public async Task A_denied_request_that_waits_for_its_response_is_ended()
    {
        using var payments = new Backend();
        await using var mesh = await Guarded.Start();
        mesh.Intentions(Allow);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));
        await client.Send(Head("web"));
        using var application = await payments.NextConnection();
        await application.ReadHead();

        mesh.Intentions(Deny);

        Assert.That(await application.IsEnded());
        Assert.That(await client.IsEnded());
    }

    [Test]
    public async Task An_unrelated_change_ends_no_stream()
    {
        using var payments = new Backend();
        await using var mesh = await Guarded.Start();
        mesh.Intentions(Deny, ("web", "payments", Allow));
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));
        using var application = await Begin(client, payments, "web");

        mesh.Service("other", payments.HostPort);
        mesh.Intentions(Deny, ("web", "payments", Allow), ("api", "payments", Allow));

        await application.Send("4\r\nmore\r\n0\r\n\r\n");
        Assert.That(await client.ReadLine(), Is.EqualTo("4"));
    }

    [Test]
    public async Task A_request_that_starts_during_an_intention_change_is_always_checked_by_one_side()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Guarded.Start();
        mesh.Intentions(Allow);
        var inbound = mesh.Inbound(payments.HostPort);
        var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var answers = 0;
            while (!stop.IsCancellationRequested)
            {
                using var client = await RawConnection.To(inbound);
                try
                {
                    for (var i = 0; i < 20; i++)
                    {
                        Assert.That((await client.Ask(Head("web"))).Status, Is.EqualTo(200).Or.EqualTo(403));
                        answers++;
                    }
                }
                catch (Exception cut) when (cut is IOException or System.Net.Sockets.SocketException)
                {
                    // The request was ended while running.
                }
            }

            return answers;
        })).ToList();

        for (var i = 0; i < 300; i++)
        {
            mesh.Intentions(i % 2 == 0 ? Deny : Allow);
            await Task.Yield();
        }

        mesh.Intentions(Deny);
        var before = payments.Executed;
        await stop.CancelAsync();
        Assert.That((await Task.WhenAll(clients)).Sum(), Is.Positive);
        Assert.That(() => mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(5000, 5), "no request waits forever");
        Assert.That(payments.Executed - before, Is.LessThanOrEqualTo(8), "only requests in transit at the last change, one per client");
    }

    private static async Task<RawConnection> Begin(RawConnection client, Backend payments, string caller, string fields = "")
    {
        await client.Send(Head(caller, fields: fields));
        var application = await payments.NextConnection();
        await application.ReadHead();
        await application.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        await client.ReadHead();
        Assert.That(await client.ReadLine(), Is.EqualTo("4"));
        Assert.That(await client.ReadLine(), Is.EqualTo("half"));
        return application;
    }
}
