using System.Net.Sockets;
using GatewayMesh.Proxy.Listeners.Floods;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Http2;

/// <summary>Useless frames: bounded in a flood, and no problem for an honest client.</summary>
public class FloodTests
{
    private const int Enough = 400;
    private const int ProtocolError = 1;
    private const int EnhanceYourCalm = 11;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte RstStream = 3;
    private const byte Ping = 6;
    private const byte WindowUpdate = 8;

    private static readonly TestCaseData[] Floods =
    [
        new TestCaseData(FrameType.Ping, 0, 0, 8).SetArgDisplayNames("PING"),
        new TestCaseData(FrameType.Ping, 1, 0, 8).SetArgDisplayNames("PING answers"),
        new TestCaseData(FrameType.Settings, 0, 0, 0).SetArgDisplayNames("SETTINGS"),
        new TestCaseData(FrameType.Settings, 1, 0, 0).SetArgDisplayNames("SETTINGS acknowledgements"),
        new TestCaseData(FrameType.Priority, 0, 1, 5).SetArgDisplayNames("PRIORITY"),
        new TestCaseData((FrameType)0x42, 0, 0, 0).SetArgDisplayNames("unknown"),
        new TestCaseData((FrameType)0x42, 0xff, 1, 100).SetArgDisplayNames("unknown with payload"),
        new TestCaseData(FrameType.Data, 0, 1, 0).SetArgDisplayNames("empty DATA"),
        new TestCaseData(FrameType.Data, 8, 1, 20).SetArgDisplayNames("DATA of padding"),
        new TestCaseData(FrameType.WindowUpdate, 0, 1, 4).SetArgDisplayNames("WINDOW_UPDATE"),
    ];

    [TestCaseSource(nameof(Floods))]
    public async Task A_flood_of_useless_frames_ends_only_its_own_connection_with_ENHANCE_YOUR_CALM(
        FrameType type, int flags, int stream, int length)
    {
        using var payments = new Backend(
            (request, connection) =>
                request.Method == "GET" ? connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid") : Task.CompletedTask);
        await using var mesh = await Limited(payments);
        var address = mesh.Outbound();
        using var witness = await H2Connection.To(address);
        Assert.That((await witness.Ask(Fields.Request("GET", "/", "payments"))).Body, Is.EqualTo("paid"));
        using var client = await H2Connection.To(address);
        await client.Request(Fields.Request("POST", "/", "payments"), end: false);

        var end = await Flood(client, FrameOf(type, flags, stream, length));

        Assert.That(end.ErrorCode, Is.EqualTo(EnhanceYourCalm));
        Assert.That(await client.Raw.IsEnded());
        Assert.That((await witness.Ask(Fields.Request("GET", "/", "payments"))).Body, Is.EqualTo("paid"));
        Assert.That(() => mesh.Metrics(), Does.Contain("gatewaymesh_connections_refused_total{reason=\"http2_flood\"} 1").After(5000, 20));
        Assert.That(() => mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(10_000, 5));
    }

    [Test]
    public async Task A_flood_of_empty_CONTINUATION_ends_the_connection()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Limited(payments);
        using var client = await H2Connection.To(mesh.Outbound());
        // Its end is still pending
        await client.Send(FrameType.Headers, Frame.EndStream, 1, Hpack.Encode(Fields.Request("GET", "/", "payments")));

        var end = await Flood(client, FrameOf(FrameType.Continuation, 0, 1, 0));

        Assert.That(end.ErrorCode, Is.EqualTo(EnhanceYourCalm).Or.EqualTo(ProtocolError), "the server itself may reject the first of them");
        Assert.That(await client.Raw.IsEnded());
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task A_flood_of_resets_of_one_closed_stream_ends_the_connection_with_ENHANCE_YOUR_CALM()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Limited(payments);
        using var client = await H2Connection.To(mesh.Outbound());
        await client.Ask(Fields.Request("GET", "/", "payments"));

        var end = await Flood(client, FrameOf(FrameType.RstStream, 0, 1, 4));

        Assert.That(end.ErrorCode, Is.EqualTo(EnhanceYourCalm));
    }

    [Test]
    public async Task A_flood_of_empty_HEADERS_ends_the_connection()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Limited(payments);
        using var client = await H2Connection.To(mesh.Outbound());
        var frames = Enumerable.Range(0, Enough)
            .SelectMany(i => FrameOf(FrameType.Headers, Frame.EndHeaders | Frame.EndStream, (2 * i) + 1, 0))
            .ToArray();

        var ended = client.Raw.IsEnded(); // the server aborts the connection, so its last frame may be lost
        try
        {
            await client.Raw.Send(frames);
        }
        catch (SocketException)
        {
        }

        Assert.That(await ended);
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task A_flood_of_requests_never_floods_the_access_log()
    {
        const int Requests = 300;
        using var sink = new MemoryStream();
        var began = TimeProvider.System.GetTimestamp();
        var mesh = await Mesh.Start(options => options with { AccessLog = sink, AccessLogRate = 5 });
        await using (mesh)
        {
            using var client = await H2Connection.To(mesh.Outbound());
            for (var i = 0; i < Requests; i++)
            {
                await client.Ask(Fields.Request("GET", "/", "nobody"));
            }
        }

        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        var lines = System.Text.Encoding.UTF8.GetString(sink.ToArray())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .ToArray();
        var suppressed = lines.Where(line => line.TryGetProperty("suppressed", out _)).ToArray();
        Assert.That(
            lines.Length - suppressed.Length,
            Is.LessThanOrEqualTo(5 * (seconds + 2)),
            "5 in each second of the clock, the first and the last included");
        Assert.That(
            lines.Length - suppressed.Length + suppressed.Sum(line => line.GetProperty("suppressed").GetInt64()), Is.EqualTo(Requests));
    }

    [Test]
    public async Task Without_a_budget_frames_are_not_counted()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(options => options with { Limits = options.Limits with { Http2FrameBudget = null } });
        mesh.BareService("payments", payments.HostPort);
        using var client = await H2Connection.To(mesh.Outbound());
        await client.Raw.Send(Enumerable.Repeat(FrameOf(FrameType.Ping, 0, 0, 8), 3000).SelectMany(frame => frame).ToArray());

        Assert.That((await client.Ask(Fields.Request("GET", "/", "payments"))).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task Pings_between_requests_never_use_up_the_budget()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Limited(payments);
        using var client = await H2Connection.To(mesh.Outbound());
        for (var i = 0; i < 100; i++)
        {
            await client.Send(FrameType.Ping, 0, 0, new byte[8]);
            await client.Send(FrameType.Ping, 0, 0, new byte[8]);
            Assert.That((await client.Ask(Fields.Request("GET", "/", "payments"))).Body, Is.EqualTo("paid"));
        }
    }

    [Test]
    public void Honest_clients_never_use_up_the_budget()
    {
        var budget = new FrameBudget(100, new FakeTimeProvider());
        for (var i = 0; i < 100_000; i++)
        {
            budget.Received(Headers, 4, 20); // a call that is canceled at once
            budget.Received(RstStream, 0, 4);
            budget.Sent(FrameBudget.PerUsefulFrame); // a download message, its two window updates, and a round-trip ping
            budget.Received(WindowUpdate, 0, 4);
            budget.Received(WindowUpdate, 0, 4);
            budget.Received(Ping, 0, 8);
            budget.Received(Data, 8, 600); // an upload with padding
        }

        Assert.That(budget.IsSpent, Is.False);
    }

    [Test]
    public void Time_restores_the_budget()
    {
        var time = new FakeTimeProvider();
        var budget = new FrameBudget(100, time);
        for (var second = 0; second < 1000; second++)
        {
            for (var i = 0; i < FrameBudget.PerSecond; i++)
            {
                budget.Received(Ping, 0, 8);
            }

            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(budget.IsSpent, Is.False);
        for (var i = 0; i < 300; i++)
        {
            budget.Received(Ping, 0, 8);
        }

        Assert.That(budget.IsSpent, Is.True);
        Assert.That(budget.LastType, Is.EqualTo(Ping));
    }

    [Test]
    public void Frames_are_found_in_fragments_of_any_size()
    {
        byte[] stream = [
            .. H2Connection.Preface,
            .. Enumerable.Repeat(FrameOf(FrameType.Ping, 0, 0, 8), 40).SelectMany(frame => frame),
            .. FrameOf(FrameType.Data, 0, 1, 1000),
            .. FrameOf(FrameType.Ping, 0, 0, 8)];
        var spent = H2Connection.Preface.Length + (39 * 17) + 9; // with the header of the fortieth ping
        for (var size = 1; size < 60; size++)
        {
            var budget = new FrameBudget(40, new FakeTimeProvider());
            var scanner = new FrameScanner();
            for (var at = 0; at < stream.Length; at += size)
            {
                Assert.That(budget.IsSpent, Is.EqualTo(at >= spent), $"pieces of {size}, at {at}");
                scanner.Scan(stream.AsSpan(at, Math.Min(size, stream.Length - at)), budget);
            }

        }
    }

    private static async Task<Mesh> Limited(Backend payments) =>
        (
            await Mesh.Start(
                options => options with
                {
                    Limits = options.Limits with { Http2FrameBudget = 100 },
                })).BareService("payments", payments.HostPort);

    private static byte[] FrameOf(FrameType type, int flags, int stream, int length)
    {
        var frame = new byte[9 + length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = (
            (byte)(length >> 16), (byte)(length >> 8), (byte)length, (byte)type, (byte)flags);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        if (type == FrameType.WindowUpdate)
        {
            frame[^1] = 1;
        }

        if (type == FrameType.Data && length > 0)
        {
            frame[9] = (byte)(length - 1); // nothing but padding
        }

        return frame;
    }

    // Enough for the budget and the refill of some seconds, but little enough that the server has read all of it when it closes; otherwise
    // the reset for unread bytes could overtake its GOAWAY.
    private static Task<Frame> Flood(H2Connection client, byte[] frame)
    {
        var cost = frame[3] == WindowUpdate ? FrameBudget.WindowUpdatesPerFrame : 1;
        return Send(client, Enumerable.Repeat(frame, Enough * cost).SelectMany(each => each).ToArray());
    }

    // The end is read while the flood is still being sent, because the server may close before it has read everything.
    private static async Task<Frame> Send(H2Connection client, byte[] bytes)
    {
        var end = client.ReadUntil(FrameType.GoAway);
        try
        {
            await client.Raw.Send(bytes);
        }
        catch (SocketException)
        {
        }

        return await end;
    }
}
