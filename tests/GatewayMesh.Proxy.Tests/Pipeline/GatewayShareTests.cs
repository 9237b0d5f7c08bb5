using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Pipeline;

public class GatewayShareTests
{
    [Test]
    public async Task The_gateway_share_goes_through_a_gateway_with_the_destination()
    {
        using var payments = Backend.Answering("paid");
        await using var gateway = await Mesh.Start(options => options with { Node = "gw", RoleName = "gateway" });
        var address = gateway.Service("payments", payments.HostPort).Open(ListenerKind.Mesh, "mesh");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 1 });
        mesh.Service("payments", payments.HostPort).Gateway(new HostPort("127.0.0.1", address.Port));
        using var client = await RawConnection.To(
            mesh.Open(ListenerKind.Upstream, "upstream/web/payments", spec => spec with { Service = "web", Upstream = "payments" }));

        var answer = await client.Ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(answer["Via"], Is.EqualTo("1.1 gw-gateway, 1.1 host-a-sidecar"));
        Assert.That(payments.Last["gatewaymesh-hops"], Is.EqualTo("2"));
        Assert.That(payments.Last["gatewaymesh-source"], Is.EqualTo("web"));
        Assert.That(payments.Last["gatewaymesh-attempt"], Is.EqualTo("1"));
        Assert.That(payments.Last["Host"], Is.EqualTo("localhost"));
    }

    [Test]
    public async Task A_share_of_zero_never_uses_a_gateway_and_a_half_does_about_every_second_time()
    {
        using var payments = Backend.Answering("direct");
        using var gateway = Backend.Answering("gateway");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 0.5 });
        mesh.Service("payments", payments.HostPort).Gateway(gateway.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        for (var i = 0; i < 200; i++)
        {
            await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        }

        Assert.That(gateway.Executed, Is.InRange(60, 140));
        Assert.That(gateway.Executed + payments.Executed, Is.EqualTo(200));
        Assert.That(gateway.Last["gatewaymesh-destination"], Is.EqualTo("payments"));
        Assert.That(payments.Last.Has("gatewaymesh-destination"), Is.False);
    }

    [Test]
    public async Task A_gateway_that_refuses_the_connection_costs_nothing_not_even_an_attempt()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 1 });
        mesh.Service("payments", payments.HostPort).Gateway(Backend.ClosedPort());
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 3\r\n\r\nabc");

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(payments.Last.Body, Is.EqualTo("abc"));
        Assert.That(payments.Last["gatewaymesh-attempt"], Is.EqualTo("1"));
    }

    [TestCase("503 Service Unavailable", "connection_limit_reached")]
    [TestCase("404 Not Found", "destination_not_found")]
    public async Task A_gateway_that_did_not_forward_is_skipped(string status, string error)
    {
        using var payments = Backend.Answering("paid");
        using var gateway = Backend.Bytes(
            $"HTTP/1.1 {status}\r\nProxy-Status: gatewaymesh; error={error}; forwarded=?0\r\nContent-Length: 4\r\n\r\nbusy");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 1 });
        mesh.Service("payments", payments.HostPort).Gateway(gateway.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(200));
        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(answer.Has("Proxy-Status"), Is.False);
        Assert.That(gateway.Executed, Is.EqualTo(1));
    }

    [Test]
    public async Task A_gateway_that_forwarded_and_failed_is_not_skipped()
    {
        using var payments = Backend.Answering("paid");
        using var gateway = Backend.Bytes(
            "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: gatewaymesh; error=connection_terminated; forwarded=?1\r\nContent-Length: "
                + "4\r\n\r\nlost");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 1 });
        mesh.Service("payments", payments.HostPort).Gateway(gateway.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(payments.Executed, Is.Zero);
    }

    [TestCase("GET", 200, 1)]
    [TestCase("POST", 502, 0)]
    public async Task A_gateway_lost_in_transit_is_skipped_by_requests_that_may_be_resent(string method, int status, int executed)
    {
        using var payments = Backend.Answering("paid");
        using var gateway = Backend.BytesAndEnd("");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 1 });
        mesh.Service("payments", payments.HostPort).Gateway(gateway.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask($"{method} / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(status));
        Assert.That(payments.Executed, Is.EqualTo(executed));
        Assert.That(
            executed == 0 || payments.Last["gatewaymesh-attempt"] == "2", Is.True, "the request counts as an attempt like any other");
    }

    [Test]
    public async Task A_gateway_bounds_its_concurrent_requests()
    {
        using var payments = new Backend();
        await using var gateway = await Mesh.Start(options => options with { RoleName = "gateway", MaxConcurrentRequests = 1 });
        var address = gateway.Service("payments", payments.HostPort).Open(ListenerKind.Mesh, "mesh");
        using var one = await RawConnection.To(address);
        using var two = await RawConnection.To(address);

        await one.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();
        var refused = await two.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        await upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        Assert.That(refused.Status, Is.EqualTo(503));
        Assert.That(refused["Retry-After"], Is.EqualTo("1"));
        Assert.That(refused["Proxy-Status"], Does.Contain("forwarded=?0"));
        Assert.That((await one.ReadMessage(isResponse: true)).Status, Is.EqualTo(200));
    }
}
