using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

public class FieldTests
{
    [Test]
    public async Task Hop_by_hop_fields_of_a_request_are_dropped()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask(
            "GET / HTTP/1.1\r\nHost: payments\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nTE: "
                + "trailers\r\nUpgrade: h2c\r\nProxy-Authorization: secret\r\nTrailer: X\r\n\r\n");

        foreach (var name in (string[])["Connection", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade", "Proxy-Authorization", "Trailer"])
        {
            Assert.That(payments.Last.Has(name), Is.False, name);
        }
    }

    [Test]
    public async Task Hop_by_hop_response_fields_and_fields_named_by_Connection_are_dropped()
    {
        using var payments = Backend.Answering(
            "paid", "Connection: X-Foo, keep-alive\r\nX-Foo: hop\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\nX-Bar: end\r\n");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer["X-Bar"], Is.EqualTo("end"));
        Assert.That(
            answer.Has("X-Foo") || answer.Has("Keep-Alive") || answer.Has("Upgrade") || answer.Has("Connection"), Is.False, answer.Head);
    }

    [Test]
    public async Task End_to_end_fields_stay_in_order_both_ways()
    {
        using var payments = Backend.Bytes(
            "HTTP/1.1 401 Nope\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2, c\r\nAllow: GET, X\r\nWWW-Authenticate: Basic "
                + "realm=\"x\"\r\nWWW-Authenticate: Bearer\r\nX-Latin: \u00e9\u00ff\r\nContent-Type: text/x\r\nContent-Length: 0\r\n\r\n");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask(
            "GET / HTTP/1.1\r\nHost: payments\r\nAuthorization: Basic x\r\nX-Many: 1\r\nX-Many: 2,3\r\nCookie: a=b; c=d\r\nAccept: "
                + "*/*;q=0.1, x/y\r\nContent-Type: text/odd\r\nX-Latin: \u00e9\u00ff\r\nUser-Agent: a (b) c\r\n\r\n");

        var request = payments.Last;
        Assert.That(request.Values("X-Many"), Is.EqualTo(new[] { "1", "2,3" }).Or.EqualTo(new[] { "1, 2,3" }));
        Assert.That(request["Authorization"], Is.EqualTo("Basic x"));
        Assert.That(request["Cookie"], Is.EqualTo("a=b; c=d"));
        Assert.That(request["Accept"], Is.EqualTo("*/*;q=0.1, x/y"));
        Assert.That(request["Content-Type"], Is.EqualTo("text/odd"), "even without a body");
        Assert.That(request["X-Latin"], Is.EqualTo("\u00e9\u00ff"));
        Assert.That(request["User-Agent"], Is.EqualTo("a (b) c"));
        Assert.That(answer.StartLine, Is.EqualTo("HTTP/1.1 401 Nope"));
        Assert.That(answer.Values("Set-Cookie"), Is.EqualTo(new[] { "a=1", "b=2, c" }));
        Assert.That(answer["Allow"], Is.EqualTo("GET, X"));
        Assert.That(answer.Values("WWW-Authenticate"), Is.EqualTo(new[] { "Basic realm=\"x\"", "Bearer" }));
        Assert.That(answer["X-Latin"], Is.EqualTo("\u00e9\u00ff"));
        Assert.That(answer["Content-Type"], Is.EqualTo("text/x"));
    }

    [Test]
    public async Task Only_proxy_fields_are_added()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, _) = await Mesh.WithPayments();
        await using var __ = mesh;
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        var names = payments.Last.Head.Split("\r\n").Skip(1).Where(line => line.Length > 0).Select(line => line.Split(':')[0]);
        Assert.That(names, Is.EquivalentTo(new[] { "Host", "Via", "X-Request-Id", "traceparent" }));
        Assert.That(answer.Has("Server"), Is.False);
    }

    [Test]
    public async Task An_unknown_expectation_is_417()
    {
        using var payments = new Backend(
            (_, connection) => connection.Send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"));
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\nExpect: something\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(417));
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task Via_is_extended_both_ways()
    {
        using var payments = Backend.Bytes("HTTP/1.0 200 OK\r\nVia: 1.1 other\r\nContent-Length: 0\r\n\r\n");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\nVia: 1.0 fred\r\n\r\n");

        Assert.That(payments.Last["Via"], Is.EqualTo("1.0 fred, 1.1 host-a-sidecar"));
        Assert.That(answer["Via"], Is.EqualTo("1.1 other, 1.0 host-a-sidecar"));
    }

    [Test]
    public async Task Mesh_headers_are_hidden_from_applications_both_ways()
    {
        using var payments = Backend.Answering("paid", "gatewaymesh-node: forged\r\nX-End: yes\r\n");
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(mesh.Inbound(payments.HostPort));

        var answer = await client.Ask(
            "GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-attempt: 2\r\ngatewaymesh-source: web\r\ngatewaymesh-anything: x\r\n\r\n");

        Assert.That(payments.Last.Head, Does.Not.Contain("gatewaymesh-"));
        Assert.That(answer.Has("gatewaymesh-node"), Is.False);
        Assert.That(answer["X-End"], Is.EqualTo("yes"));
    }

    [Test]
    public async Task Our_Proxy_Status_member_is_removed_from_an_application_and_kept_from_a_peer()
    {
        using var forger = Backend.Bytes(
            "HTTP/1.1 503 No\r\nProxy-Status: other; error=dns_error, gatewaymesh; error=connection_refused; forwarded=?0; details=\"a, "
                + "b\"\r\nContent-Length: 0\r\n\r\n");
        await using var callee = await Mesh.Start();
        using var client = await RawConnection.To(callee.Inbound(forger.HostPort));
        var (caller, outbound) = await Mesh.WithPayments(forger.HostPort); // in the role of a peer
        await using var _ = caller;
        using var application = await RawConnection.To(outbound);

        var stripped = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        var kept = await application.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(stripped["Proxy-Status"], Is.EqualTo("other; error=dns_error"));
        Assert.That(kept["Proxy-Status"], Does.Contain("gatewaymesh; error=connection_refused; forwarded=?0"));
    }

    [Test]
    public async Task An_instance_without_a_sidecar_gets_no_mesh_header_and_cannot_ask_for_a_replay()
    {
        using var forger = Backend.Bytes(
            "HTTP/1.1 503 No\r\nProxy-Status: gatewaymesh; error=connection_refused; forwarded=?0\r\nContent-Length: 0\r\n\r\n");
        await using var mesh = await Mesh.Start();
        mesh.BareService("legacy", forger.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask("POST / HTTP/1.1\r\nHost: legacy\r\nContent-Length: 0\r\n\r\n");

        Assert.That(forger.Executed, Is.EqualTo(1));
        Assert.That(forger.Last.Head, Does.Not.Contain("gatewaymesh-"));
        Assert.That(answer.Has("Proxy-Status"), Is.False);
    }

    [Test]
    public async Task The_edge_sets_X_Forwarded_and_trusts_no_client()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(options => options with { RoleName = "ingress" });
        var address = mesh.Service("payments", payments.HostPort).Open(ListenerKind.Ingress, "ingress/1");
        mesh.Ingress(address.Port, ("*", "payments"));
        using var client = await RawConnection.To(address);

        await client.Ask(
            "GET / HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: "
                + "evil\r\ngatewaymesh-source: admin\r\n\r\n");

        Assert.That(payments.Last["X-Forwarded-For"], Is.EqualTo("127.0.0.1"));
        Assert.That(payments.Last["X-Forwarded-Proto"], Is.EqualTo("http"));
        Assert.That(payments.Last["X-Forwarded-Host"], Is.EqualTo("shop.example"));
        Assert.That(payments.Last["gatewaymesh-source"], Is.EqualTo("gatewaymesh-ingress"));
    }

    [Test]
    public async Task Fields_of_a_trusted_proxy_are_kept_and_extended()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        var address = mesh.Service("payments", payments.HostPort).Open(ListenerKind.Ingress, "ingress/1");
        mesh.Ingress(address.Port, ("*", "payments"));
        using var client = await RawConnection.To(address);

        await client.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n\r\n");

        Assert.That(payments.Last["X-Forwarded-For"], Is.EqualTo("6.6.6.6, 127.0.0.1"));
        Assert.That(payments.Last["X-Forwarded-Proto"], Is.EqualTo("https"));
    }

    [Test]
    public async Task A_trace_is_passed_on_or_started()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);
        const string Given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\ntraceparent: {Given}\r\ntracestate: a=b\r\n\r\n");
        Assert.That(payments.Last["traceparent"], Is.EqualTo(Given));
        Assert.That(payments.Last["tracestate"], Is.EqualTo("a=b"));

        await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\ntraceparent: garbage\r\ntracestate: a=b\r\n\r\n");
        Assert.That(payments.Last["traceparent"], Does.Match("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$"));
        Assert.That(payments.Last.Has("tracestate"), Is.False);
    }
}
