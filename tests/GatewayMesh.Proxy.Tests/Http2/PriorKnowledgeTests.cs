using System.Net;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Http2;

public class PriorKnowledgeTests
{
    [Test]
    public async Task Both_protocols_are_served_on_one_address()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var http1 = await RawConnection.To(outbound);
        using var http2 = await H2Connection.To(outbound);

        Assert.That((await http1.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Body, Is.EqualTo("paid"));
        Assert.That((await http2.Ask(Fields.Request("GET", "/", "payments"))).Body, Is.EqualTo("paid"));
        Assert.That(
            (await http2.Ask(Fields.Request("GET", "/again", "payments"))).Body, Is.EqualTo("paid"), "many requests on one connection");
        Assert.That(payments.Last.Target, Is.EqualTo("/again"));
    }

    [Test]
    public async Task The_preface_may_arrive_byte_by_byte()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var raw = await RawConnection.To(outbound);

        foreach (var one in H2Connection.Preface)
        {
            await raw.Send(new[] { one });
        }

        using var client = new H2Connection(raw);
        await client.Send(FrameType.Settings, 0, 0, 0, 1, 0, 0, 0, 0);
        Assert.That((await client.Ask(Fields.Request("GET", "/", "payments"))).Body, Is.EqualTo("paid"));
    }

    [TestCase("P", "OST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("PRI", "NT / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n")]
    public async Task A_request_that_starts_like_the_preface_is_still_HTTP_1(string first, string rest)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send(first);
        await client.Send(rest);

        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task An_incomplete_preface_has_the_timeout_of_a_head()
    {
        await using var mesh = await Mesh.Start(
            options => options with { Limits = options.Limits with { RequestHeadersTimeout = TimeSpan.FromMilliseconds(200) } });
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send("PRI * HTTP/2.0\r\n\r\nS");

        Assert.That(await client.IsEnded());
    }

    [Test]
    public async Task A_silent_connection_has_the_timeout_of_an_idle_one()
    {
        await using var mesh = await Mesh.Start(
            options => options with { Limits = options.Limits with { KeepAliveTimeout = TimeSpan.FromMilliseconds(200) } });
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That(await client.IsEnded());
        Assert.That(() => mesh.Plane.Inspection.Figures.Connections, Is.Zero.After(5000, 5));
    }

    [Test]
    public async Task A_silent_connection_is_ended_by_a_drain()
    {
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(mesh.Outbound());
        Assert.That(() => mesh.Plane.Inspection.Figures.Connections, Is.EqualTo(1).After(5000, 5));

        var drain = mesh.Plane.DrainAsync(TimeSpan.FromSeconds(20), idle: TimeSpan.FromMilliseconds(50));

        Assert.That(await client.IsEnded());
        Assert.That((await drain).IsClean);
    }

    [Test]
    public async Task Through_a_tunnel_the_application_speaks_HTTP_2_after_the_hello()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(options => options with { RoleName = "gateway" });
        mesh.BareService("payments", payments.HostPort);
        using var raw = await RawConnection.To(mesh.Open(ListenerKind.Tunnel, "tunnel"));

        await raw.Send(new TunnelHello("web", null, "host-b", "1").ToBytes());
        Assert.That((await raw.ReadBytes(1))[0], Is.EqualTo((byte)TunnelAnswer.Ok));
        using var client = await H2Connection.Open(raw);

        Assert.That((await client.Ask(Fields.Request("GET", "/", "payments"))).Body, Is.EqualTo("paid"));
    }

    [TestCase("http", ExpectedResult = "HTTP/1.1")]
    [TestCase("http2", ExpectedResult = "HTTP/2")]
    [TestCase("grpc", ExpectedResult = "HTTP/2")]
    public async Task<string> The_application_is_called_with_its_services_protocol(string protocol)
    {
        using var http1 = Backend.Answering("HTTP/1.1");
        using var http2 = H2Backend.Answering("HTTP/2");
        var (mesh, outbound) = await Sidecars(protocol == "http" ? http1.HostPort : http2.HostPort, protocol);
        await using var _ = mesh;
        using var one = await RawConnection.To(outbound);
        using var two = await H2Connection.To(outbound);

        var byHttp1 = (await one.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Body;
        var byHttp2 = (await two.Ask(Fields.Request("GET", "/", "payments"))).Body;

        Assert.That(byHttp1, Is.EqualTo(byHttp2), "regardless of the client's protocol");
        return byHttp2;
    }

    [Test]
    public async Task The_hop_between_sidecars_is_HTTP_2_for_HTTP_2_clients()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var http1 = await RawConnection.To(outbound);
        using var http2 = await H2Connection.To(outbound);

        await http1.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        Assert.That(payments.Last["Via"], Is.EqualTo("1.1 host-a-sidecar, 1.1 host-a-sidecar"));
        await http2.Ask(Fields.Request("GET", "/", "payments"));
        Assert.That(payments.Last["Via"], Is.EqualTo("2.0 host-a-sidecar, 2.0 host-a-sidecar"));
    }

    [Test]
    public async Task An_instance_without_a_sidecar_is_called_with_its_services_protocol()
    {
        using var ledger = H2Backend.Answering("booked");
        await using var mesh = await Mesh.Start();
        mesh.BareService("ledger", ledger.HostPort, "http2");
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: ledger\r\n\r\n")).Body, Is.EqualTo("booked"));
    }

    /// <summary>Starts two hops through one data plane: outbound → inbound → application.</summary>
    internal static async Task<(Mesh Mesh, IPEndPoint Outbound)> Sidecars(HostPort application, string protocol, PolicyModel? policy = null)
    {
        var mesh = await Mesh.Start();
        var inbound = mesh.Inbound(application);
        mesh.Service("payments", protocol, policy ?? PolicyModel.Default, new HostPort("127.0.0.1", inbound.Port));
        return (mesh, mesh.Outbound());
    }
}
