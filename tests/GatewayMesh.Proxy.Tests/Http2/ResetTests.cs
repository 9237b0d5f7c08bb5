using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Http2;

/// <summary>Streams that end early, from either side.</summary>
public class ResetTests
{
    private const int NoError = 0;
    private const int InternalError = 2;
    private const int Refused = 7;
    private const int Cancel = 8;

    [Test]
    public async Task A_client_reset_cancels_only_that_stream_at_the_application()
    {
        using var payments = new H2Backend();
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http2");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var gone = await client.Request(Fields.Request("GET", "/gone", "payments"));
        using var application = await payments.NextConnection();
        var first = await application.ReadHead();
        var stays = await client.Request(Fields.Request("GET", "/stays", "payments"));
        var second = await application.ReadHead();
        await client.Reset(gone, Cancel);
        var reset = await application.Read();

        Assert.That((reset.Type, reset.Stream, reset.ErrorCode), Is.EqualTo((FrameType.RstStream, first.Stream, Cancel)));
        await application.Headers(second.Stream, Fields.Of((":status", "200")), end: true);
        var answer = await client.ReadMessage();
        Assert.That((answer.Stream, answer.Status), Is.EqualTo((stays, 200)));
        Assert.That(() => mesh.Plane.Inspection.Figures.InFlight, Is.Zero.After(5000, 5));
    }

    [Test]
    public async Task A_client_disconnect_cancels_its_streams()
    {
        using var payments = new H2Backend();
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http2");
        await using var _ = mesh;
        var client = await H2Connection.To(outbound);

        await client.Request(Fields.Request("POST", "/", "payments"), end: false);
        using var application = await payments.NextConnection();
        await application.ReadHead();
        client.Dispose();

        Assert.That((await application.ReadUntil(FrameType.RstStream)).ErrorCode, Is.EqualTo(Cancel));
    }

    [TestCase(Cancel, Cancel)]
    [TestCase(InternalError, InternalError)]
    [TestCase(NoError, InternalError)]
    [TestCase(11, 11)]
    public async Task A_response_that_the_application_breaks_off_is_reset_and_never_looks_complete(int upstream, int downstream)
    {
        using var payments = new H2Backend();
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());

        await client.Request(Fields.Request("GET", "/", "payments"));
        using var application = await payments.NextConnection();
        var (stream, _, _) = await application.ReadHead();
        await application.Headers(stream, Fields.Of((":status", "200")));
        await application.Data(stream, "half");
        Assert.That((await client.ReadHead()).End, Is.False);
        Assert.That((await client.Read()).Payload, Is.EqualTo("half"u8.ToArray()));
        await application.Reset(stream, upstream);
        var end = await client.Read();

        Assert.That((end.Type, end.ErrorCode), Is.EqualTo((FrameType.RstStream, downstream)));
    }

    [Test]
    public async Task A_reset_code_passes_over_two_hops()
    {
        using var payments = new H2Backend();
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http2");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        await client.Request(Fields.Request("GET", "/", "payments"));
        using var application = await payments.NextConnection();
        var (stream, _, _) = await application.ReadHead();
        await application.Headers(stream, Fields.Of((":status", "200")));
        await client.ReadHead();
        await application.Reset(stream, Cancel);

        Assert.That((await client.ReadUntil(FrameType.RstStream)).ErrorCode, Is.EqualTo(Cancel));
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    public async Task A_truncated_HTTP_1_response_is_a_reset_stream_or_an_error(string bytes)
    {
        using var payments = Backend.BytesAndEnd(bytes);
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var answer = await client.Ask(Fields.Request("GET", "/", "payments"));

        // Microseconds decide whether the start was passed on before the end was seen.
        Assert.That(answer.ResetCode ?? answer.Status, Is.EqualTo(InternalError).Or.EqualTo(502));
    }

    [Test]
    public async Task A_broken_off_HTTP_2_response_aborts_the_HTTP_1_connection()
    {
        using var payments = new H2Backend(async (request, connection) =>
        {
            await connection.Headers(request.Stream, Fields.Of((":status", "200")));
            await connection.Data(request.Stream, "half");
            await connection.Reset(request.Stream, Cancel);
        });
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(
            async () => await client.ReadMessage(isResponse: true),
            Throws.InstanceOf<EndOfStreamException>().Or.InstanceOf<System.Net.Sockets.SocketException>());
    }

    [TestCase("GET")]
    [TestCase("POST")]
    public async Task A_refused_stream_goes_to_another_instance_whatever_its_method(string method)
    {
        using var refusing = new H2Backend((request, connection) => connection.Reset(request.Stream, Refused));
        using var taking = H2Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", "http2", PolicyModel.Default, refusing.HostPort, taking.HostPort);
        using var client = await H2Connection.To(mesh.Outbound());

        for (var i = 0; i < 10; i++)
        {
            Assert.That((await client.Ask(Fields.Request(method, "/", "payments"))).Body, Is.EqualTo("paid"));
        }

        Assert.That(refusing.Executed, Is.Positive);
        Assert.That(taking.Executed, Is.EqualTo(10));
    }

    [Test]
    public async Task A_stream_refused_by_every_instance_is_reported_as_not_forwarded()
    {
        using var refusing = new H2Backend((request, connection) => connection.Reset(request.Stream, Refused));
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", refusing.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(Fields.Request("POST", "/", "payments"));

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(answer["proxy-status"], Does.Contain("forwarded=?0"));
    }

    [Test]
    public async Task A_stream_above_the_last_stream_of_a_GOAWAY_is_resent()
    {
        using var payments = new H2Backend();
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());

        await client.Request(Fields.Request("POST", "/", "payments"));
        using var leaving = await payments.NextConnection();
        await leaving.ReadHead();
        await leaving.GoAway(0);
        using var next = await payments.NextConnection();
        var (stream, _, _) = await next.ReadHead();
        await next.Headers(stream, Fields.Of((":status", "201")), end: true);

        Assert.That((await client.ReadMessage()).Status, Is.EqualTo(201));
    }

    [Test]
    public async Task A_stream_covered_by_a_GOAWAY_finishes_and_the_next_uses_another_connection()
    {
        using var payments = new H2Backend();
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());

        await client.Request(Fields.Request("POST", "/1", "payments"));
        using var leaving = await payments.NextConnection();
        var (first, _, _) = await leaving.ReadHead();
        await leaving.GoAway(first);
        await client.Request(Fields.Request("POST", "/2", "payments"));
        using var next = await payments.NextConnection();
        var (second, _, _) = await next.ReadHead();
        await leaving.Headers(first, Fields.Of((":status", "201")), end: true);
        Assert.That((await client.ReadMessage()).Status, Is.EqualTo(201));
        await next.Headers(second, Fields.Of((":status", "202")), end: true);
        Assert.That((await client.ReadMessage()).Status, Is.EqualTo(202));
    }

    [TestCase("GET")]
    [TestCase("POST")]
    public async Task A_lost_connection_does_not_make_its_request_run_twice(string method)
    {
        using var payments = new H2Backend((_, connection) =>
        {
            connection.Raw.Reset();
            return Task.CompletedTask;
        });
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(Fields.Request(method, "/", "payments"));

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(answer["proxy-status"], Does.Contain("forwarded=?1"));
        Assert.That(payments.Executed, Is.EqualTo(1));
    }

    [Test]
    public async Task A_GET_in_flight_at_a_dying_instance_is_retried_and_a_POST_is_not()
    {
        using var dying = new H2Backend((_, connection) =>
        {
            connection.Raw.Reset();
            return Task.CompletedTask;
        });
        using var living = H2Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service(
            "payments",
            "http2",
            PolicyModel.Default with { Ejection = new() { ConsecutiveFailures = 1000 } },
            dying.HostPort,
            living.HostPort);
        using var client = await H2Connection.To(mesh.Outbound());

        for (var i = 0; i < 10; i++)
        {
            Assert.That((await client.Ask(Fields.Request("GET", "/", "payments"))).Body, Is.EqualTo("paid"));
        }

        var (posts, before) = (0, living.Executed + dying.Executed);
        while (dying.Executed < 10 && posts < 100)
        {
            await client.Ask(Fields.Request("POST", "/", "payments"));
            posts++;
        }

        Assert.That(living.Executed + dying.Executed - before, Is.EqualTo(posts), "each ran once");
    }

    [Test]
    public async Task An_early_response_stops_the_upload_and_arrives_whole()
    {
        using var payments = new H2Backend();
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());

        var stream = await client.Request(Fields.Request("POST", "/", "payments"), end: false);
        await client.Data(stream, "first");
        using var application = await payments.NextConnection();
        var (upstream, _, _) = await application.ReadHead();
        await application.Headers(upstream, Fields.Of((":status", "413")));
        await application.Data(upstream, "too much", end: true);
        await application.Reset(upstream, NoError);
        var answer = await client.ReadMessage();

        Assert.That((answer.Status, answer.Body, answer.ResetCode), Is.EqualTo((413, "too much", (int?)null)));
    }
}
