using System.Net;
using System.Text.Json;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Grpc;

/// <summary>gRPC at the frame level, over two hops.</summary>
public class GrpcCallTests
{
    [Test]
    public async Task A_unary_call_has_its_status_in_the_trailers()
    {
        using var payments = H2Backend.Answering(
            "\0\0\0\0\u0002ok", Fields.Of(("grpc-status", "0"), ("x-meta", "m")), ("content-type", "application/grpc"));
        var (mesh, outbound) = await Sidecars(payments);
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var answer = await client.Ask(Call(), "\0\0\0\0\u0001?");

        Assert.That(answer.Body, Is.EqualTo("\0\0\0\0\u0002ok"));
        Assert.That(answer.Trailers, Is.EqualTo(Fields.Of(("grpc-status", "0"), ("x-meta", "m"))));
        Assert.That(payments.Last["te"], Is.EqualTo("trailers"));
        Assert.That(payments.Last["content-type"], Is.EqualTo("application/grpc"));
        Assert.That(payments.Last.Body, Is.EqualTo("\0\0\0\0\u0001?"));
    }

    [Test]
    public async Task A_trailers_only_response_stays_trailers_only()
    {
        using var payments = H2Backend.HeadOnly(
            (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "5"), ("grpc-message", "no%20such"));
        var (mesh, outbound) = await Sidecars(payments);
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var answer = await client.Ask(Call(), "\0\0\0\0\0");

        Assert.That(
            (answer.Status, answer["grpc-status"], answer["grpc-message"], answer.EndedByHead), Is.EqualTo((200, "5", "no%20such", true)));
    }

    [Test]
    public async Task A_gRPC_call_uses_HTTP_2_even_if_the_services_protocol_is_http()
    {
        using var payments = H2Backend.Answering("", Fields.Of(("grpc-status", "0")), ("content-type", "application/grpc"));
        var (mesh, outbound) = await Http2.PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        Assert.That((await client.Ask(Call(), "\0\0\0\0\0")).Trailers?["grpc-status"], Is.EqualTo("0"));
    }

    [Test]
    public async Task Messages_pass_both_ways_as_they_arrive()
    {
        using var payments = new H2Backend();
        var (mesh, outbound) = await Sidecars(payments);
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var stream = await client.Request(Call(), end: false);
        using var application = await payments.NextConnection();
        var (upstream, _, _) = await application.ReadHead();
        await application.Headers(upstream, Fields.Of((":status", "200"), ("content-type", "application/grpc")));
        Assert.That((await client.ReadHead()).End, Is.False, "the head does not wait for a message");
        for (var round = 0; round < 5; round++)
        {
            await client.Data(stream, $"ping{round}");
            Assert.That((await application.Read()).Payload, Is.EqualTo(System.Text.Encoding.ASCII.GetBytes($"ping{round}")));
            await application.Data(upstream, $"pong{round}");
            Assert.That((await client.Read()).Payload, Is.EqualTo(System.Text.Encoding.ASCII.GetBytes($"pong{round}")));
        }

        await client.Data(stream, "", end: true);
        Assert.That((await application.Read()).EndsStream, "half-closed");
        await application.Data(upstream, "last");
        await application.Headers(upstream, Fields.Of(("grpc-status", "0")), end: true);
        Assert.That((await client.Read()).Payload, Is.EqualTo("last"u8.ToArray()));
        Assert.That((await client.ReadHead()).Fields["grpc-status"], Is.EqualTo("0"));
    }

    [Test]
    public async Task An_unknown_service_is_a_gRPC_status_with_Proxy_Status()
    {
        await using var mesh = await Mesh.Start();
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(Call("nobody"), "\0\0\0\0\0");

        Assert.That(
            (answer.Status, answer["grpc-status"], answer["content-type"], answer.EndedByHead),
            Is.EqualTo((200, "12", "application/grpc", true)));
        Assert.That(answer["grpc-message"], Is.EqualTo("The mesh has no such service."));
        Assert.That(answer["proxy-status"], Does.Contain("destination_not_found").And.Contain("forwarded=?0"));
    }

    [Test]
    public async Task An_unreachable_instance_is_UNAVAILABLE_over_both_hops()
    {
        await using var mesh = await Mesh.Start();
        var inbound = mesh.Inbound(Backend.ClosedPort());
        mesh.Service("payments", "grpc", PolicyModel.Default, new Configuration.Values.HostPort("127.0.0.1", inbound.Port));
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(Call(), "\0\0\0\0\0");

        Assert.That((answer.Status, answer["grpc-status"]), Is.EqualTo((200, "14")));
        Assert.That(answer["proxy-status"], Does.Contain("connection_refused").And.Contain("forwarded=?0"));
    }

    [Test]
    public async Task GRPC_Web_is_not_gRPC_and_gets_a_plain_error()
    {
        await using var mesh = await Mesh.Start();
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(
            Fields.Request("POST", "/x/y", "nobody", ("content-type", "application/grpc-web+proto")), "\0\0\0\0\0");

        Assert.That((answer.Status, answer["content-type"]), Is.EqualTo((404, "application/problem+json")));
    }

    [Test]
    public async Task The_remaining_deadline_of_a_call_is_passed_on()
    {
        using var payments = H2Backend.Answering("", Fields.Of(("grpc-status", "0")), ("content-type", "application/grpc"));
        var (mesh, outbound) = await Sidecars(payments);
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        await client.Ask(Call(more: [("grpc-timeout", "5S")]), "\0\0\0\0\0");

        Assert.That(payments.Last.Head.Values("grpc-timeout"), Has.Count.EqualTo(1));
        Assert.That(Proxy.Grpc.GrpcTimeout.TryRead(payments.Last["grpc-timeout"], out var left));
        Assert.That(left, Is.LessThan(TimeSpan.FromSeconds(5)).And.GreaterThan(TimeSpan.Zero));
        Assert.That(payments.Last["gatewaymesh-timeout-ms"], Is.Null, "hidden from the application");
        await client.Ask(Call(), "\0\0\0\0\0");
        Assert.That(payments.Last["grpc-timeout"], Is.Null, "none is invented");
        await client.Ask(Call(more: [("grpc-timeout", "soon")]), "\0\0\0\0\0");
        Assert.That(payments.Last["grpc-timeout"], Is.EqualTo("soon"), "a malformed value is left to the application");
    }

    [Test]
    public async Task A_call_whose_deadline_passes_ends_with_DEADLINE_EXCEEDED_and_is_cancelled_at_the_application()
    {
        using var payments = new H2Backend();
        var (mesh, outbound) = await Sidecars(payments);
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var asked = client.Ask(Call(more: [("grpc-timeout", "300m")]), "\0\0\0\0\0");
        using var application = await payments.NextConnection();
        await application.ReadHead();
        var answer = await asked;

        Assert.That((answer.Status, answer["grpc-status"]), Is.EqualTo((200, "4")));
        Assert.That((await application.ReadUntil(FrameType.RstStream)).ErrorCode, Is.EqualTo(8));
    }

    [Test]
    public async Task The_deadline_applies_while_the_client_still_sends()
    {
        using var payments = new H2Backend();
        var (mesh, outbound) = await Sidecars(payments);
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        await client.Request(Call(more: [("grpc-timeout", "300m")]), end: false);
        var answer = await client.ReadMessage();

        Assert.That(answer["grpc-status"], Is.EqualTo("4"));
    }

    [Test]
    public async Task The_request_timeout_does_not_end_a_streaming_call()
    {
        using var payments = new H2Backend();
        var (mesh, outbound) = await Http2.PriorKnowledgeTests.Sidecars(
            payments.HostPort, "grpc", PolicyModel.Default with { Timeouts = new() { Request = TimeSpan.FromMilliseconds(400) } });
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        // The client sends for longer than the timeout, and the response head arrives only afterwards; then the server sends for even
        // longer.
        var stream = await client.Request(Call(), end: false);
        using var application = await payments.NextConnection();
        var (upstream, _, _) = await application.ReadHead();
        for (var i = 0; i < 8; i++)
        {
            await Task.Delay(100); // time itself is under test
            await client.Data(stream, "more");
            Assert.That((await application.Read()).Type, Is.EqualTo(FrameType.Data));
        }

        await application.Headers(upstream, Fields.Of((":status", "200"), ("content-type", "application/grpc")));
        Assert.That((await client.ReadHead()).Fields.Status, Is.EqualTo(200));
        await client.Data(stream, "", end: true);
        for (var i = 0; i < 8; i++)
        {
            await Task.Delay(100);
            await application.Data(upstream, "more");
            Assert.That((await client.Read()).Type, Is.EqualTo(FrameType.Data));
        }

        await application.Headers(upstream, Fields.Of(("grpc-status", "0")), end: true);
        Assert.That((await client.ReadHead()).Fields["grpc-status"], Is.EqualTo("0"));
    }

    [Test]
    public async Task A_silent_server_has_the_policys_timeout_for_a_call_without_a_deadline()
    {
        using var payments = new H2Backend();
        var (mesh, outbound) = await Http2.PriorKnowledgeTests.Sidecars(
            payments.HostPort, "grpc", PolicyModel.Default with { Timeouts = new() { Request = TimeSpan.FromMilliseconds(300) } });
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var answer = await client.Ask(Call(), "\0\0\0\0\0");

        Assert.That(answer["grpc-status"], Is.EqualTo("4"));
    }

    [Test]
    public async Task Statuses_are_logged_and_counted_and_an_application_that_answers_is_not_ejected()
    {
        using var log = new MemoryStream();
        using var payments = H2Backend.HeadOnly((":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "14"));
        await using (var mesh = await Mesh.Start(options => options with { AccessLog = log }))
        {
            mesh.Service("payments", "grpc", PolicyModel.Default, payments.HostPort);
            using var client = await H2Connection.To(mesh.Outbound());
            for (var i = 0; i < 5; i++)
            {
                await client.Ask(Call(), "\0\0\0\0\0");
            }

            await client.Ask(Call("nobody"), "\0\0\0\0\0");
            Assert.That(
                mesh.Plane.Inspection.Endpoints().Single().IsEjected,
                Is.False,
                "UNAVAILABLE from an application is its response, like a 503");
            Assert.That(
                () => mesh.Metrics(),
                Does.Contain("gatewaymesh_grpc_calls_total{direction=\"outbound\",destination=\"payments\",code=\"14\"} 5")
                    .And.Contain("code=\"12\"} 1")
                    .After(5000, 20));
        }

        var lines = System.Text.Encoding.UTF8.GetString(log.ToArray())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.That(lines.Select(line => line.GetProperty("grpcStatus").GetInt32()), Is.EquivalentTo([14, 14, 14, 14, 14, 12]));
    }

    private static Fields Call(string service = "payments", params (string Name, string Value)[] more) =>
        Fields.Request("POST", "/pay.Payments/Charge", service, [("content-type", "application/grpc"), ("te", "trailers"), .. more]);

    private static Task<(Mesh Mesh, IPEndPoint Outbound)> Sidecars(H2Backend application) =>
        Http2.PriorKnowledgeTests.Sidecars(application.HostPort, "grpc");
}
