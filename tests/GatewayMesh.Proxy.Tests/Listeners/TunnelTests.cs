using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Listeners;

public class TunnelTests
{
    [Test]
    public async Task After_the_hello_the_application_calls_under_its_own_name()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Gateway();
        mesh.Service("payments", payments.HostPort);
        using var tunnel = await RawConnection.To(Listener(mesh));

        await tunnel.Send(new TunnelHello("web", null, "host-b", "1").ToBytes());
        Assert.That(await Answer(tunnel), Is.EqualTo(TunnelAnswer.Ok));
        var answer = await tunnel.Ask("GET /x HTTP/1.1\r\nHost: payments\r\ngatewaymesh-source: admin\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(payments.Last["gatewaymesh-source"], Is.EqualTo("web"));
    }

    [Test]
    public async Task Application_bytes_may_follow_the_hello_at_once_and_the_hello_may_be_fragmented()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Gateway();
        mesh.Service("payments", payments.HostPort);
        using var tunnel = await RawConnection.To(Listener(mesh));
        var hello = new TunnelHello("web", "payments", "host-b", "1").ToBytes();

        await tunnel.Send(hello.AsMemory(0, 5));
        await tunnel.Send(hello.AsMemory(5, 20));
        await tunnel.Send((byte[])[.. hello[25..], .. "GET /x HTTP/1.1\r\nHost: localhost:5001\r\n\r\n"u8]);

        Assert.That(await Answer(tunnel), Is.EqualTo(TunnelAnswer.Ok));
        Assert.That(
            (await tunnel.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"), "to the upstream of the hello, regardless of the host");
    }

    [Test]
    public async Task A_hello_cut_anywhere_is_read_the_same()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Gateway();
        mesh.Service("payments", payments.HostPort);
        var address = Listener(mesh);
        var hello = new TunnelHello("web", "payments", "host-b", "1").ToBytes();
        byte[] bytes = [.. hello, .. "GET /x HTTP/1.1\r\nHost: localhost:5001\r\n\r\n"u8];

        for (var cut = 1; cut <= hello.Length + 1; cut++)
        {
            using var tunnel = await RawConnection.To(address);
            await tunnel.Send(bytes.AsMemory(0, cut));
            await Task.Delay(2); // usually read on its own
            await tunnel.Send(bytes.AsMemory(cut));

            Assert.That(await Answer(tunnel), Is.EqualTo(TunnelAnswer.Ok), $"cut at {cut}");
            Assert.That((await tunnel.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"), $"cut at {cut}");
        }
    }

    [Test]
    public async Task A_guard_that_sends_before_it_reads_gets_the_refusal()
    {
        await using var mesh = await Gateway();
        using var tunnel = await RawConnection.To(Listener(mesh));

        await tunnel.Send(new TunnelHello("web,admin", null, "host-b", "1").ToBytes());
        for (var i = 0; i < 8; i++)
        {
            await tunnel.Send(new byte[4 * 1024]);
            await Task.Delay(5); // a reset would have arrived by then
        }

        Assert.That(await tunnel.ReadToEnd(), Is.EqualTo(((char)TunnelAnswer.Denied).ToString()));
    }

    [Test]
    public async Task A_draining_gateway_reports_draining()
    {
        await using var mesh = await Gateway();
        var address = Listener(mesh);
        using var early = await RawConnection.To(address);
        await early.Send(new TunnelHello("web", null, "host-b", "1").ToBytes().AsMemory(0, 3)); // accepted, but with an incomplete hello
        Assert.That(() => mesh.Plane.Inspection.Figures.Connections, Is.EqualTo(1).After(5000, 5));

        var drain = mesh.Plane.DrainAsync(TimeSpan.FromSeconds(10));
        await early.Send(new TunnelHello("web", null, "host-b", "1").ToBytes().AsMemory(3));

        Assert.That(await Answer(early), Is.EqualTo(TunnelAnswer.Draining));
        Assert.That(await early.IsEnded());
        Assert.That((await drain).IsClean);
    }

    [Test]
    public async Task A_malformed_hello_is_denied_and_the_connection_is_ended()
    {
        await using var mesh = await Gateway();
        using var tunnel = await RawConnection.To(Listener(mesh));

        await tunnel.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(await Answer(tunnel), Is.EqualTo(TunnelAnswer.Denied));
        Assert.That(await tunnel.IsEnded());
    }

    [Test]
    public async Task A_hello_with_an_invalid_service_name_is_denied()
    {
        await using var mesh = await Gateway();
        using var tunnel = await RawConnection.To(Listener(mesh));

        await tunnel.Send(new TunnelHello("web,admin", null, "host-b", "1").ToBytes());

        Assert.That(await Answer(tunnel), Is.EqualTo(TunnelAnswer.Denied));
    }

    [Test]
    public async Task A_missing_hello_times_out()
    {
        await using var mesh = await Gateway();
        using var tunnel = await RawConnection.To(Listener(mesh));

        await tunnel.Send(new TunnelHello("web", null, "host-b", "1").ToBytes().AsMemory(0, 10));

        Assert.That(await tunnel.IsEnded());
    }

    [Test]
    public async Task An_old_carried_connection_is_ended_at_a_request_boundary()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(
            options => options with { RoleName = "gateway", MaxCarriedAge = TimeSpan.FromMilliseconds(200) });
        mesh.Service("payments", payments.HostPort);
        using var tunnel = await RawConnection.To(Listener(mesh));
        await tunnel.Send(new TunnelHello("web", null, "host-b", "1").ToBytes());
        await Answer(tunnel);

        RawMessage answer;
        var served = 0;
        do
        {
            answer = await tunnel.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
            Assert.That(answer.Body, Is.EqualTo("paid"));
            served++;
        }
        while (answer["Connection"] != "close");

        Assert.That(served, Is.GreaterThan(1));
        Assert.That(await tunnel.IsEnded());
    }

    private static Task<Mesh> Gateway() => Mesh.Start(options => options with { RoleName = "gateway" });

    private static IPEndPoint Listener(Mesh mesh) => mesh.Open(ListenerKind.Tunnel, "tunnel");

    internal static async Task<TunnelAnswer> Answer(RawConnection tunnel) => (TunnelAnswer)(await tunnel.ReadBytes(1))[0];
}
