using System.Collections.Immutable;
using System.Text;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Faults;

/// <summary>Aborts and conditions of faults on the wire.</summary>
public sealed class FaultTests
{
    private const string Call = "GET / HTTP/1.1\r\nHost: payments\r\n\r\n";

    [Test]
    public async Task An_abort_answers_with_its_status_and_says_that_it_was_injected()
    {
        using var payments = Backend.Answering("paid");
        using var log = new MemoryStream();
        await using (var mesh = await With(payments, new FaultRule { Name = "broken", Abort = FaultAbort.OfStatus(418) }, log))
        {
            using var client = await RawConnection.To(mesh.Outbound());

            var answer = await client.Ask(Call);

            Assert.That(answer.Status, Is.EqualTo(418));
            Assert.That(answer["gatewaymesh-fault"], Is.EqualTo("broken"));
            Assert.That(
                answer["Proxy-Status"],
                Is.EqualTo(
                    "gatewaymesh; error=proxy_internal_response; forwarded=?0; reason=fault_injected; "
                        + "details=\"fault_injected broken\""));
            Assert.That(answer.Body, Does.Contain("\"status\":418").And.Contains("\"error\":\"fault_injected\""));
            Assert.That(payments.Executed, Is.Zero);
            Assert.That(
                mesh.Metrics(), Does.Contain("gatewaymesh_faults_injected_total{service=\"payments\",kind=\"abort\"} 1"));
            Assert.That((await client.Ask(Call)).Status, Is.EqualTo(418), "the connection stays");
        }

        var line = Encoding.UTF8.GetString(log.ToArray()).Split('\n')[0];
        Assert.That(line, Does.Contain("\"status\":418").And.Contains("\"reason\":\"fault_injected\"").And.Contains("\"fault\":\"broken\""));
    }

    [TestCase(14, 503)]
    [TestCase(8, 429)]
    public async Task A_gRPC_abort_is_mapped_for_HTTP_callers(int grpc, int status)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(payments, new FaultRule { Name = "f", Abort = FaultAbort.OfGrpc(grpc) });
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Call)).Status, Is.EqualTo(status));
    }

    [Test]
    public async Task A_gRPC_call_gets_the_gRPC_status()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(payments, new FaultRule { Name = "f", Abort = FaultAbort.OfGrpc(9) });
        using var client = await H2Connection.To(mesh.Outbound());

        var answer = await client.Ask(
            Fields.Of(
                (":method", "POST"),
                (":scheme", "http"),
                (":path", "/pay.Payments/Pay"),
                (":authority", "payments"),
                ("content-type", "application/grpc"),
                ("te", "trailers")),
            "\0\0\0\0\0");

        Assert.That((answer.Status, answer["grpc-status"], answer["gatewaymesh-fault"]), Is.EqualTo((200, "9", "f")));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_grpc_calls_total{direction=\"outbound\",destination=\"payments\",code=\"9\"} 1"));
    }

    [Test]
    public async Task A_reset_ends_the_connection_without_a_byte()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(payments, new FaultRule { Name = "f", Abort = FaultAbort.Reset });
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send(Call);

        Assert.That(await client.IsEnded());
        Assert.That(client.TakeRest(), Is.Zero);
        Assert.That(payments.Executed, Is.Zero);
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_faults_injected_total{service=\"payments\",kind=\"reset\"} 1"));
    }

    [Test]
    public async Task A_reset_of_HTTP_2_ends_the_stream_alone()
    {
        using var payments = Backend.Answering("paid");
        var rule = new FaultRule { Name = "f", Abort = FaultAbort.Reset, Header = new HeaderRule("x-fault", HeaderTest.Exact, "1") };
        await using var mesh = await With(payments, rule);
        using var client = await H2Connection.To(mesh.Outbound());

        await client.Request(Get(("x-fault", "1")));

        Assert.That((await client.Read()).Type, Is.EqualTo(FrameType.RstStream));
        Assert.That((await client.Ask(Get())).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task A_node_that_does_not_allow_faults_ignores_them_until_it_does()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(payments, new FaultRule { Name = "f", Abort = FaultAbort.OfStatus(503) });
        using var client = await RawConnection.To(mesh.Outbound());

        mesh.Plane.AllowFaults(false);
        var answer = await client.Ask(Call);
        mesh.Plane.AllowFaults(true);

        Assert.That((answer.Status, answer["gatewaymesh-fault"]), Is.EqualTo((200, (string?)null)));
        Assert.That((await client.Ask(Call)).Status, Is.EqualTo(503));
    }

    [Test]
    public async Task Faults_are_not_allowed_by_default()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", Policy(new FaultRule { Name = "f", Abort = FaultAbort.OfStatus(503) }), payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Call)).Status, Is.EqualTo(200));
    }

    [TestCase("x-fault: 1\r\n", "web", 503)]
    [TestCase("x-fault: 2\r\n", "web", 200)]
    [TestCase("", "web", 200)]
    [TestCase("x-fault: 1\r\n", "api", 200)]
    public async Task Only_requests_of_the_source_with_the_field_are_hit(string field, string caller, int status)
    {
        using var payments = Backend.Answering("paid");
        var rule = new FaultRule
        {
            Name = "f",
            Abort = FaultAbort.OfStatus(503),
            Header = new HeaderRule("x-fault", HeaderTest.Exact, "1"),
            Sources = ["Web"],
        };
        await using var mesh = await With(payments, rule);
        using var client = await RawConnection.To(mesh.Outbound(caller));

        Assert.That((await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\n{field}\r\n")).Status, Is.EqualTo(status));
    }

    [Test]
    public async Task The_share_of_the_requests_is_hit()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(payments, new FaultRule { Name = "f", Share = 0.3, Abort = FaultAbort.OfStatus(503) });
        using var client = await RawConnection.To(mesh.Outbound());

        var hit = 0;
        for (var i = 0; i < 500; i++)
        {
            hit += (await client.Ask(Call)).Status == 503 ? 1 : 0;
        }

        Assert.That(hit, Is.EqualTo(150).Within(40));
    }

    [Test]
    public async Task The_first_rule_that_hits_applies_alone()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(
            payments,
            [
                new FaultRule { Name = "never", Share = 0, Abort = FaultAbort.OfStatus(500) },
                new FaultRule { Name = "first", Abort = FaultAbort.OfStatus(501) },
                new FaultRule { Name = "second", Abort = FaultAbort.OfStatus(502) },
            ]);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Call))["gatewaymesh-fault"], Is.EqualTo("first"));
    }

    [Test]
    public async Task A_call_that_another_proxy_of_the_mesh_has_handled_is_not_hit_again()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(payments, new FaultRule { Name = "f", Abort = FaultAbort.OfStatus(503) });
        using var peer = await RawConnection.To(mesh.Open(ListenerKind.Mesh, "mesh"));

        Assert.That((await peer.Ask(Call)).Status, Is.EqualTo(200));
    }

    [TestCase(ListenerKind.Outbound, true)]
    [TestCase(ListenerKind.Upstream, true)]
    [TestCase(ListenerKind.Tunnel, true)]
    [TestCase(ListenerKind.Ingress, true)]
    [TestCase(ListenerKind.Mesh, false)]
    [TestCase(ListenerKind.Inbound, false)]
    [TestCase(ListenerKind.Probe, false)]
    public async Task Faults_belong_to_the_first_proxy_of_a_call(ListenerKind kind, bool isFirst)
    {
        await using var mesh = await Mesh.Start();
        Assert.That(mesh.Plane.Behaviors.Of(kind).IsFirstProxy, Is.EqualTo(isFirst));
    }

    [Test]
    public async Task A_client_outside_the_mesh_sees_the_fault_at_the_ingress()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(payments, new FaultRule { Name = "f", Abort = FaultAbort.OfStatus(503) });
        var address = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Ingress(address.Port, ("*", "payments"));
        using var client = await RawConnection.To(address);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");

        Assert.That((answer.Status, answer["gatewaymesh-fault"]), Is.EqualTo((503, "f")));
        Assert.That(answer["Proxy-Status"], Does.Contain("fault_injected"));
    }

    [Test]
    public async Task An_application_cannot_claim_a_fault()
    {
        using var payments = Backend.Answering("paid", "gatewaymesh-fault: forged\r\n");
        await using var mesh = await With(payments, ImmutableArray<FaultRule>.Empty);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Call))["gatewaymesh-fault"], Is.Null);
    }

    internal static Task<Mesh> With(Backend payments, FaultRule rule, Stream? log = null, TimeProvider? time = null) =>
        With(payments, [rule], log, time);

    internal static async Task<Mesh> With(Backend payments, ImmutableArray<FaultRule> rules, Stream? log = null, TimeProvider? time = null)
    {
        var mesh = await Mesh.Start(options => options with { AllowFaults = true, AccessLog = log, Time = time ?? options.Time });
        mesh.BareService("payments", "http", Policy([.. rules]), payments.HostPort);
        return mesh;
    }

    private static PolicyModel Policy(params FaultRule[] rules) =>
        PolicyModel.Default with { Faults = [.. rules], Limits = LimitsModel.Default with { MaxConcurrentRequests = 2 } };

    private static Fields Get(params (string, string)[] fields) =>
        Fields.Of([(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "payments"), .. fields]);
}
