using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Http2;

/// <summary>
/// A request that a peer reports as unprocessed (RFC 9113 §8.7) is resent even if its body was being sent, and reported as not forwarded if
/// a resend is impossible.
/// </summary>
public class NotProcessedTests
{
    private const int InternalError = 2;
    private const int Refused = 7;
    private const int Cancel = 8;
    private const int Kept = 64 * 1024;
    private const string Message = "\0\0\0\0\u0001?";

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_body_whose_stream_was_refused_goes_to_another_instance(bool isGrpc)
    {
        using var refusing = new H2Backend((request, connection) => connection.Reset(request.Stream, Refused));
        using var taking = Taking();
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", isGrpc ? "grpc" : "http2", Patient(), refusing.HostPort, taking.HostPort);
        using var client = await H2Connection.To(mesh.Outbound());

        for (var i = 0; i < 10; i++)
        {
            var answer = await client.Ask(Head(isGrpc), Message);
            Assert.That((answer.Body, answer.Trailers?["grpc-status"]), Is.EqualTo((Message, "0")));
        }

        Assert.That(refusing.Requests.Count(request => request.ResetCode is not null), Is.Zero, "no attempt is abandoned halfway");
        Assert.That(refusing.Executed, Is.Positive);
        Assert.That(taking.Executed, Is.EqualTo(10));
        Assert.That(taking.Requests.Select(request => request.Body), Is.All.EqualTo(Message));
    }

    [TestCase(false, false)]
    [TestCase(false, true)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    public async Task A_body_above_the_last_stream_of_a_GOAWAY_is_resent_to_the_same_peer_on_another_connection(bool isGrpc, bool isSidecar)
    {
        using var payments = new H2Backend();
        var (mesh, outbound) = isSidecar
            ? await Sidecar(payments, isGrpc)
            : await PriorKnowledgeTests.Sidecars(payments.HostPort, isGrpc ? "grpc" : "http2");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        for (var i = 0; i < 5; i++)
        {
            var stream = await client.Request(Head(isGrpc), end: false);
            await client.Data(stream, Message, end: true);
            using var leaving = await payments.NextConnection();
            Assert.That((await leaving.ReadMessage()).Body, Is.EqualTo(Message));
            await leaving.GoAway(0);
            using var next = await payments.NextConnection();
            var request = await next.ReadMessage();
            Assert.That((request.Body, request.ResetCode), Is.EqualTo((Message, (int?)null)));
            await next.Headers(request.Stream, Fields.Of((":status", "200"), ("grpc-status", "0")), end: true);

            Assert.That((await client.ReadMessage()).Status, Is.EqualTo(200));
            await next.GoAway(request.Stream); // so that the next round starts on a new connection
            Assert.That(await next.Raw.IsEnded());
        }
    }

    [Test]
    public async Task A_client_streaming_call_above_the_last_stream_of_a_GOAWAY_continues_on_another_connection()
    {
        using var payments = new H2Backend();
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "grpc");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var stream = await client.Request(Head(isGrpc: true), end: false);
        await client.Data(stream, Message);
        using var leaving = await payments.NextConnection();
        await leaving.ReadHead();
        Assert.That((await leaving.ReadUntil(FrameType.Data)).Payload, Has.Length.EqualTo(Message.Length));
        await leaving.GoAway(0);
        using var next = await payments.NextConnection();
        await next.ReadHead();
        await client.Data(stream, Message, end: true);
        var body = 0;
        Frame frame;
        do
        {
            frame = await next.ReadUntil(FrameType.Data);
            body += frame.Payload.Length;
        }
        while (!frame.EndsStream);

        Assert.That(body, Is.EqualTo(2 * Message.Length), "the first message once more, and the second");
        await next.Headers(frame.Stream, Fields.Of((":status", "200"), ("grpc-status", "0")), end: true);
        Assert.That((await client.ReadMessage())["grpc-status"], Is.EqualTo("0"));
    }

    [TestCase(0, false)]
    [TestCase(0, true)]
    [TestCase(6, false)]
    [TestCase(6, true)]
    public async Task A_body_of_known_length_cut_off_by_a_refusal_continues_on_another_connection(int sent, bool isReset)
    {
        using var payments = new H2Backend();
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http2");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var stream = await client.Request(Fields.Request("POST", "/", "payments", ("content-length", "12")), end: false);
        await client.Data(stream, new string('a', sent));
        using var leaving = await payments.NextConnection();
        var (refused, _, _) = await leaving.ReadHead();
        await ReadData(leaving, sent);
        await (isReset ? leaving.Reset(refused, Refused) : leaving.GoAway(0));
        using var other = isReset ? null : await payments.NextConnection();
        var next = other ?? leaving;
        var (again, _, _) = await next.ReadHead();
        await client.Data(stream, new string('b', 12 - sent), end: true);

        Assert.That(await ReadData(next, 12), Is.EqualTo(new string('a', sent) + new string('b', 12 - sent)));
        await next.Headers(again, Fields.Of((":status", "200")), end: true);
        Assert.That((await client.ReadMessage()).Status, Is.EqualTo(200));
    }

    [TestCase(0, Cancel)]
    [TestCase(6, Cancel)]
    [TestCase(6, InternalError)]
    [TestCase(0, null)]
    [TestCase(6, null)]
    public async Task A_body_of_known_length_cut_off_for_another_reason_may_have_been_processed(int sent, int? code)
    {
        using var payments = new H2Backend();
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());

        var stream = await client.Request(Fields.Request("POST", "/", "payments", ("content-length", "12")), end: false);
        await client.Data(stream, new string('a', sent));
        using var connection = await payments.NextConnection();
        var (cut, _, _) = await connection.ReadHead();
        await ReadData(connection, sent);
        if (code is { } reset)
        {
            await connection.Reset(cut, reset);
        }
        else
        {
            connection.Dispose();
        }

        var (_, head, _) = await client.ReadHead();
        Assert.That(head.Status, Is.EqualTo(502));
        Assert.That(head["proxy-status"], Does.Contain("error=connection_terminated").And.Contain("forwarded=?1"));
    }

    [Test]
    public async Task A_body_that_the_only_application_always_refuses_is_reported_as_not_forwarded()
    {
        using var refusing = new H2Backend((request, connection) => connection.Reset(request.Stream, Refused));
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(refusing.HostPort, "http2", Patient());
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var answer = await client.Ask(Head(isGrpc: false), Message);

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(answer["proxy-status"], Does.Contain("forwarded=?0").And.Contain("stream refused"));
        Assert.That(refusing.Executed, Is.InRange(2, 3), "no more than the attempts of the policy");
        Assert.That(refusing.Requests.Count(request => request.ResetCode is not null), Is.Zero);
    }

    [Test]
    public async Task A_body_larger_than_the_buffer_is_not_resent_and_is_reported_as_not_forwarded()
    {
        using var payments = new H2Backend();
        await using var mesh = await Mesh.Start();
        mesh.BareService("payments", payments.HostPort, "http2");
        using var client = await H2Connection.To(mesh.Outbound());

        var stream = await client.Request(Head(isGrpc: false), end: false);
        for (var sent = 0; sent <= Kept; sent += 8 * 1024)
        {
            await client.Data(stream, new byte[8 * 1024]);
        }

        using var leaving = await payments.NextConnection();
        await leaving.Grant(0, 1 << 20);
        await leaving.ReadHead();
        await leaving.Grant(1, 1 << 20);
        for (var read = 0; read <= Kept;)
        {
            read += (await leaving.ReadUntil(FrameType.Data)).Payload.Length;
        }

        await leaving.GoAway(0);
        var (_, head, _) = await client.ReadHead();

        Assert.That(head.Status, Is.EqualTo(502));
        Assert.That(head["proxy-status"], Does.Contain("forwarded=?0"));
    }

    [Test]
    public async Task Without_a_retry_in_the_policy_a_refused_body_is_reported_as_not_forwarded()
    {
        using var refusing = new H2Backend((request, connection) => connection.Reset(request.Stream, Refused));
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", "http2", PolicyModel.Default with { Retries = new RetriesModel { MaxAttempts = 1 } }, refusing.HostPort);
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(Head(isGrpc: false), Message);

        Assert.That((answer.Status, refusing.Executed), Is.EqualTo((502, 1)));
        Assert.That(answer["proxy-status"], Does.Contain("forwarded=?0"));
    }

    // The backend acts as the callee's sidecar.
    private static async Task<(Mesh Mesh, System.Net.IPEndPoint Outbound)> Sidecar(H2Backend peer, bool isGrpc)
    {
        var mesh = await Mesh.Start();
        mesh.Service("payments", isGrpc ? "grpc" : "http2", PolicyModel.Default, peer.HostPort);
        return (mesh, mesh.Outbound());
    }

    private static H2Backend Taking() => new(async (request, connection) =>
    {
        await connection.Headers(request.Stream, Fields.Of((":status", "200"), ("content-type", "application/grpc")));
        await connection.Data(request.Stream, request.Body);
        await connection.Headers(request.Stream, Fields.Of(("grpc-status", "0")), end: true);
    });

    // Only refusals are under test: no instance may be ejected for them.
    private static PolicyModel Patient() => PolicyModel.Default with { Ejection = new() { ConsecutiveFailures = 1000 } };

    private static Fields Head(bool isGrpc) => isGrpc
        ? Fields.Request("POST", "/pay.Payments/Charge", "payments", ("content-type", "application/grpc"), ("te", "trailers"))
        : Fields.Request("POST", "/charge", "payments");

    private static async Task<string> ReadData(H2Connection connection, int length)
    {
        var body = "";
        while (body.Length < length)
        {
            body += System.Text.Encoding.ASCII.GetString((await connection.ReadUntil(FrameType.Data)).Payload);
        }

        return body;
    }
}
