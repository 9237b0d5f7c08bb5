using System.Buffers.Binary;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Http2;

/// <summary>Limits for a hostile peer (RFC 9113 §10.5), and freedoms of an honest one.</summary>
public class LimitTests
{
    private const int ProtocolError = 1;
    private const int EnhanceYourCalm = 11;

    [Test]
    public async Task Concurrent_streams_are_bounded_and_the_bound_is_announced()
    {
        using var payments = new Backend();
        await using var mesh = await Mesh.Start(options => options with { Limits = options.Limits with { MaxStreamsPerConnection = 2 } });
        mesh.BareService("payments", payments.HostPort);
        using var client = await H2Connection.To(mesh.Outbound());

        var settings = await client.ReadAny();
        Assert.That(Setting(settings, 3), Is.EqualTo(2), "MAX_CONCURRENT_STREAMS");
        for (var i = 0; i < 2; i++)
        {
            await client.Request(Fields.Request("GET", "/", "payments"));
        }

        var third = await client.Request(Fields.Request("GET", "/", "payments"));
        var refused = await client.ReadUntil(FrameType.RstStream);
        Assert.That((refused.Stream, refused.ErrorCode), Is.EqualTo((third, 7)), "REFUSED_STREAM");
    }

    [Test]
    public async Task Rapid_resets_end_the_connection_and_cost_the_application_little()
    {
        using var payments = new H2Backend();
        await using var mesh = await Mesh.Start(options => options with { Limits = options.Limits with { MaxStreamsPerConnection = 10 } });
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());
        Frame? end = null;
        var over = false;
        var reader = Task.Run(async () =>
        {
            try
            {
                end = await client.ReadUntil(FrameType.GoAway);
            }
            catch (Exception cut) when (cut is System.Net.Sockets.SocketException or IOException)
            {
                // Aborted before the last frame could be read: the peer had more unread bytes of ours.
            }

            over = true;
        });

        var sent = 0;
        try
        {
            for (; sent < 100_000 && !over; sent++)
            {
                await client.Reset(await client.Request(Fields.Request("GET", "/", "payments")), 8);
            }
        }
        catch (Exception cut) when (cut is System.Net.Sockets.SocketException or IOException or ObjectDisposedException)
        {
        }

        await reader;
        const int InternalError = 2; // the server's own bound on queued responses was reached first
        Assert.That(end?.ErrorCode ?? EnhanceYourCalm, Is.EqualTo(EnhanceYourCalm).Or.EqualTo(InternalError));
        Assert.That(sent, Is.LessThan(100_000));
        Assert.That(() => mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(10_000, 5));
    }

    [Test]
    public async Task A_head_beyond_the_limit_is_431_and_a_head_beyond_the_servers_bound_ends_the_connection()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort);
        using var client = await H2Connection.To(mesh.Outbound());
        Assert.That(Setting(await client.ReadAny(), 6), Is.EqualTo(96 * 1024), "MAX_HEADER_LIST_SIZE leaves room for what hops add");

        Assert.That((await Send(client, 24 * 1024)).Type, Is.EqualTo(FrameType.Headers), "below it");
        using var other = await H2Connection.To(mesh.Outbound("web"));
        var refused = await Send(other, 33 * 1024);

        using var third = await H2Connection.To(mesh.Outbound("other"));
        try
        {
            await Send(third, 200 * 1024);
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The connection ends while the rest of the head is still being sent.
        }

        Assert.That(refused.Type, Is.EqualTo(FrameType.Headers));
        Assert.That(Hpack.Decode(refused.Payload).Status, Is.EqualTo(431));
        Assert.That(await third.Raw.IsEnded());
        Assert.That(payments.Executed, Is.EqualTo(1));

        static async Task<Frame> Send(H2Connection client, int size)
        {
            // 16 KiB is the maximum frame size: the rest goes into CONTINUATION frames.
            var block = Hpack.Encode(Fields.Request("GET", "/", "payments", ("x-long", new string('x', size))));
            for (var at = 0; at < block.Length; at += 16_000)
            {
                var last = at + 16_000 >= block.Length;
                await client.Send(
                    at == 0 ? FrameType.Headers : FrameType.Continuation,
                    (at == 0 ? Frame.EndStream : 0) | (last ? Frame.EndHeaders : 0),
                    1,
                    block[at..Math.Min(block.Length, at + 16_000)]);
            }

            return await client.Read();
        }
    }

    [Test]
    public async Task A_flood_of_CONTINUATION_ends_the_connection()
    {
        await using var mesh = await Mesh.Start();
        using var client = await H2Connection.To(mesh.Outbound());
        var sent = 0;
        var ended = client.ReadUntil(FrameType.GoAway);
        await client.Send(FrameType.Headers, Frame.EndStream, 1, Hpack.Encode(Fields.Request("GET", "/", "payments")));
        var field = Hpack.Encode([("x-flood", new string('x', 8000))]);
        try
        {
            for (; sent < 10_000 && !ended.IsCompleted; sent++)
            {
                await client.Send(FrameType.Continuation, 0, 1, field);
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
        }

        await Task.WhenAny(ended, client.Raw.IsEnded());
        Assert.That(sent, Is.LessThan(10_000));
        Assert.That(() => mesh.Plane.Inspection.Figures.Connections, Is.Zero.After(5000, 5));
    }

    [TestCase(FrameType.Settings)]
    [TestCase(FrameType.Ping)]
    public async Task A_flood_of_frames_that_need_a_reply_does_not_fill_memory(FrameType type)
    {
        await using var mesh = await Mesh.Start();
        using var client = await H2Connection.To(mesh.Outbound());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        byte[] payload = type == FrameType.Ping ? new byte[8] : [];
        byte[] frame = [0, 0, (byte)payload.Length, (byte)type, 0, 0, 0, 0, 0, .. payload];
        var thousand = Enumerable.Repeat(frame, 1000).SelectMany(each => each).ToArray();

        // The responses are not read: either the server stops reading, or it ends the connection.
        var stuck = false;
        for (var i = 0; i < 2000 && !stuck; i++)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                await client.Raw.Socket.SendAsync(thousand, patience.Token);
            }
            catch (Exception end) when (end is OperationCanceledException or System.Net.Sockets.SocketException)
            {
                stuck = true;
            }
        }

        Assert.That(stuck, "the flood does not continue forever");
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - before, Is.LessThan(16 * 1024 * 1024));
    }

    [Test]
    public async Task An_incomplete_head_times_out()
    {
        await using var mesh = await Mesh.Start(
            options => options with { Limits = options.Limits with { RequestHeadersTimeout = TimeSpan.FromMilliseconds(300) } });
        using var client = await H2Connection.To(mesh.Outbound());

        // and no CONTINUATION
        await client.Send(FrameType.Headers, Frame.EndStream, 1, Hpack.Encode(Fields.Request("GET", "/", "payments")));

        Assert.That(await client.Raw.IsEnded());
    }

    [Test]
    public async Task An_idle_connection_is_ended_with_a_GOAWAY()
    {
        await using var mesh = await Mesh.Start(
            options => options with { Limits = options.Limits with { KeepAliveTimeout = TimeSpan.FromMilliseconds(300) } });
        using var client = await H2Connection.To(mesh.Outbound());
        await client.Ask(Fields.Request("GET", "/.well-known/gatewaymesh/live", "x"));

        Assert.That((await client.ReadUntil(FrameType.GoAway)).ErrorCode, Is.Zero);
        Assert.That(await client.Raw.IsEnded());
    }

    [Test]
    public async Task Frames_that_break_the_protocol_end_the_connection()
    {
        await using var mesh = await Mesh.Start();
        using var client = await H2Connection.To(mesh.Outbound());

        await client.Data(1, "no head before it");

        Assert.That((await client.ReadUntil(FrameType.GoAway)).ErrorCode, Is.EqualTo(ProtocolError).Or.EqualTo(5));
        Assert.That(await client.Raw.IsEnded());
    }

    private static int? Setting(Frame settings, int id)
    {
        for (var at = 0; at < settings.Payload.Length; at += 6)
        {
            if (BinaryPrimitives.ReadInt16BigEndian(settings.Payload.AsSpan(at)) == id)
            {
                return BinaryPrimitives.ReadInt32BigEndian(settings.Payload.AsSpan(at + 2));
            }
        }

        return null;
    }
}
