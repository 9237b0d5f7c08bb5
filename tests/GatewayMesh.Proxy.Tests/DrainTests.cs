using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests;

public class DrainTests
{
    [Test]
    public async Task Requests_in_flight_are_finished_with_Connection_close_and_idle_connections_are_ended()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var busy = await RawConnection.To(outbound);
        using var idle = await RawConnection.To(outbound);
        await idle.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n");
        await busy.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();

        var drain = mesh.Plane.DrainAsync(TimeSpan.FromSeconds(20), idle: TimeSpan.FromMilliseconds(50));
        Assert.That(await idle.IsEnded());
        Assert.That(drain.IsCompleted, Is.False);
        await upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
        var answer = await busy.ReadMessage(isResponse: true);

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(answer["Connection"], Is.EqualTo("close"));
        Assert.That(await busy.IsEnded());
        Assert.That(await drain, Is.EqualTo(new DrainResult(0, 0)));
    }

    [Test]
    public async Task A_request_on_an_open_connection_is_still_served_while_draining()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);
        await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        var drain = mesh.Plane.DrainAsync(TimeSpan.FromSeconds(20), idle: TimeSpan.FromSeconds(10));
        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(answer["Connection"], Is.EqualTo("close"));
        Assert.That((await drain).IsClean);
    }

    [Test]
    public async Task Requests_still_running_at_the_drain_timeout_are_counted_and_continue()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);
        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();

        var result = await mesh.Plane.DrainAsync(TimeSpan.FromMilliseconds(100));

        Assert.That(result, Is.EqualTo(new DrainResult(1, 1)));
        await upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task A_cancelled_drain_accepts_again_if_the_lease_is_held()
    {
        await using var mesh = await Mesh.Start();
        var outbound = mesh.Outbound();

        Assert.That((await mesh.Plane.DrainAsync(TimeSpan.FromSeconds(10))).IsClean);
        Assert.That(mesh.Plane.IsAccepting, Is.False);
        mesh.Plane.Undrain();
        using var client = await RawConnection.To(outbound);
        var answer = await client.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.That(answer.Has("Connection"), Is.False);
        mesh.Plane.Accept(false);
        await mesh.Plane.DrainAsync(TimeSpan.FromSeconds(10), TimeSpan.Zero);
        mesh.Plane.Undrain();
        Assert.That(mesh.Plane.IsAccepting, Is.False);
    }
}
