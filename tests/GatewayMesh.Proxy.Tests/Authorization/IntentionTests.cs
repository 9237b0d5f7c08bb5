using System.Text.Json;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;
using Microsoft.Extensions.Time.Testing;
using static GatewayMesh.Proxy.Tests.Authorization.Guarded;

namespace GatewayMesh.Proxy.Tests.Authorization;

/// <summary>Intentions decide on each request, at the callee and at a gateway.</summary>
public class IntentionTests
{
    [Test]
    public async Task An_allowed_caller_reaches_the_application_and_a_denied_one_is_stopped_before_forwarding()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Guarded.Start();
        mesh.Intentions(Deny, ("web", "payments", Allow));
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        Assert.That((await client.Ask(Head("web"))).Body, Is.EqualTo("paid"));
        var denied = await client.Ask(Head("other"));

        Assert.That(denied.Status, Is.EqualTo(403));
        Assert.That(denied["Proxy-Status"], Does.StartWith("gatewaymesh; error=http_request_denied; forwarded=?0"));
        Assert.That(JsonDocument.Parse(denied.Body).RootElement.GetProperty("error").GetString(), Is.EqualTo("intention_denied"));
        Assert.That(denied.Has("Retry-After"), Is.False);
        Assert.That(payments.Executed, Is.EqualTo(1));
        Assert.That((await client.Ask(Head("web"))).Status, Is.EqualTo(200), "the connection survives");
    }

    [Test]
    public async Task A_denial_is_counted_and_logged_once_with_both_names()
    {
        using var payments = Backend.Answering("paid");
        var logs = new Logged();
        await using var mesh = await Guarded.Start(logs);
        mesh.Intentions(Deny);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        await client.Ask(Head("other"));

        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_intentions_denied_total{source=\"other\",destination=\"payments\"} 1"));
        Assert.That(() => mesh.Metrics(), Does.Contain("error=\"intention_denied\"").After(5000, 5));
        Assert.That(logs.Lines.Single().Event, Is.EqualTo("intention_denied"));
        Assert.That(logs.Lines.Single().Line, Does.Contain("other").And.Contain("payments").And.Contain("the default policy (deny)"));
    }

    [Test]
    public async Task A_caller_that_retries_in_a_loop_does_not_fill_the_log()
    {
        using var payments = Backend.Answering("paid");
        var logs = new Logged();
        await using var mesh = await Mesh.Start(
            options => options with
            {
                EnforcesIntentions = true,
                Identity = new CallerByHeader(),
                Logs = logs,
                Time = new FakeTimeProvider(),
            });
        mesh.Intentions(Deny);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        for (var i = 0; i < 50; i++)
        {
            await client.Ask(Head("other"));
        }

        Assert.That(logs.Lines, Has.Count.EqualTo(10));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_intentions_denied_total{source=\"other\",destination=\"payments\"} 50"));
    }

    [Test]
    public async Task A_caller_without_a_certificate_is_denied_whatever_its_headers()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Guarded.Start();
        mesh.Intentions(Allow, ("web", "payments", Allow));
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-source: web\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(403));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_intentions_denied_total{source=\"unverified\",destination=\"payments\"} 1"));
    }

    [Test]
    public async Task In_plaintext_nothing_is_enforced()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Intentions(Deny);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Unknown_intentions_deny_all_calls_with_their_own_reason()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Guarded.Start();
        mesh.Intentions(null);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        var answer = await client.Ask(Head("web"));

        Assert.That(answer.Status, Is.EqualTo(403));
        Assert.That(JsonDocument.Parse(answer.Body).RootElement.GetProperty("error").GetString(), Is.EqualTo("intentions_unknown"));
    }

    [Test]
    public async Task A_change_is_in_force_for_the_next_request_of_a_kept_alive_connection()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Guarded.Start();
        mesh.Intentions(Allow);
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        Assert.That((await client.Ask(Head("web"))).Status, Is.EqualTo(200));
        mesh.Intentions(Allow, ("web", "payments", Deny));
        Assert.That((await client.Ask(Head("web"))).Status, Is.EqualTo(403));
        mesh.Intentions(Allow);
        Assert.That((await client.Ask(Head("web"))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_gateway_authorizes_calls_for_the_callee_that_it_takes_over()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Guarded.Start();
        mesh.Service("payments", payments.HostPort).Service("ledger", payments.HostPort).Intentions(Deny, ("web", "payments", Allow));
        using var client = await RawConnection.To(mesh.Peers());

        Assert.That((await client.Ask(Head("web", fields: "gatewaymesh-destination: payments\r\n"))).Status, Is.EqualTo(200));
        Assert.That((await client.Ask(Head("web", fields: "gatewaymesh-destination: ledger\r\n"))).Status, Is.EqualTo(403));
        Assert.That((await client.Ask(Head("other", fields: "gatewaymesh-destination: payments\r\n"))).Status, Is.EqualTo(403));
        Assert.That(payments.Executed, Is.EqualTo(1));
    }

    [Test]
    public async Task A_gateway_authorizes_calls_from_a_tunnel()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Guarded.Start();
        mesh.Service("payments", payments.HostPort).Intentions(Deny, ("web", "payments", Allow));
        var listener = mesh.Open(ListenerKind.Tunnel, "tunnel");

        foreach (var (caller, status) in (ReadOnlySpan<(string, int)>)[("web", 200), ("other", 403)])
        {
            Assert.That(Through(listener, caller).GetAwaiter().GetResult(), Is.EqualTo(status), caller);
        }

        static async Task<int> Through(System.Net.IPEndPoint listener, string caller)
        {
            using var tunnel = await RawConnection.To(listener);
            await tunnel.Send(new TunnelHello(caller, null, "host-b", "1").ToBytes());
            _ = await tunnel.ReadBytes(1);
            return (await tunnel.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Status;
        }
    }

    [Test]
    public async Task A_denied_gRPC_call_is_PERMISSION_DENIED()
    {
        using var payments = H2Backend.Answering("", Fields.Of(("grpc-status", "0")), ("content-type", "application/grpc"));
        await using var mesh = await Guarded.Start();
        mesh.Intentions(Deny);
        using var client = await H2Connection.To(mesh.Inbound(payments.HostPort, protocol: "grpc"));

        var answer = await client.Ask(
            Fields.Request(
                "POST",
                "/pay.Payments/Charge",
                "payments",
                ("content-type", "application/grpc"),
                ("te", "trailers"),
                (CallerByHeader.Field, "web")),
            "\0\0\0\0\0");

        Assert.That((answer.Status, answer["grpc-status"], answer.EndedByHead), Is.EqualTo((200, "7", true)));
        Assert.That(answer["proxy-status"], Does.Contain("http_request_denied").And.Contain("forwarded=?0"));
        Assert.That(payments.Executed, Is.Zero);
    }

    [TestCase("GET")]
    [TestCase("POST")]
    public async Task A_call_denied_by_one_instance_is_not_tried_at_another(string method)
    {
        using var first = Backend.Bytes(
            "HTTP/1.1 403 Forbidden\r\nProxy-Status: gatewaymesh; error=http_request_denied; forwarded=?0\r\nContent-Length: 2\r\n\r\nno");
        using var second = Backend.Bytes(
            "HTTP/1.1 403 Forbidden\r\nProxy-Status: gatewaymesh; error=http_request_denied; forwarded=?0\r\nContent-Length: 2\r\n\r\nno");
        var (mesh, outbound) = await Mesh.WithPayments(first.HostPort, second.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        for (var i = 1; i <= 10; i++)
        {
            var answer = await client.Ask($"{method} / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n");
            Assert.That((answer.Status, answer.Body), Is.EqualTo((403, "no")));
            Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?0"));
            Assert.That(first.Executed + second.Executed, Is.EqualTo(i));
        }

        Assert.That(
            mesh.Plane.Inspection.Endpoints().Any(endpoint => endpoint.IsEjected),
            Is.False,
            "a denial is no evidence against the instance");
    }

    [Test]
    public async Task A_call_denied_by_a_gateway_is_not_tried_without_the_gateway()
    {
        using var payments = Backend.Answering("paid");
        using var gateway = Backend.Bytes(
            "HTTP/1.1 403 Forbidden\r\nProxy-Status: gatewaymesh; error=http_request_denied; forwarded=?0\r\nContent-Length: 2\r\n\r\nno");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 1 });
        mesh.Service("payments", payments.HostPort).Gateway(gateway.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(403));
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task The_access_log_contains_the_reason()
    {
        using var payments = Backend.Answering("paid");
        using var log = new MemoryStream();
        await using (var mesh = await Guarded.Start(accessLog: log))
        {
            mesh.Intentions(Deny);
            using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));
            await client.Ask(Head("other"));
            Assert.That(() => mesh.Plane.Metrics.RequestCount, Is.EqualTo(1).After(5000, 5));
        }

        var line = JsonDocument.Parse(System.Text.Encoding.UTF8.GetString(log.ToArray())).RootElement;
        Assert.That(
            (line.GetProperty("reason").GetString(), line.GetProperty("status").GetInt32(), line.GetProperty("source").GetString()),
            Is.EqualTo(("intention_denied", 403, "other")));
    }
}
