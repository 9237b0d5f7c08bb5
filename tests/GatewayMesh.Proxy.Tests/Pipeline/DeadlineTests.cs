using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Pipeline;

public class DeadlineTests
{
    private static readonly PolicyModel Short = PolicyModel.Default with { Timeouts = new() { Request = TimeSpan.FromMilliseconds(300) } };

    [Test]
    public async Task A_missing_response_is_504_and_the_upstream_is_released()
    {
        using var silent = new Backend();
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", Short, silent.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        using var upstream = await silent.NextConnection();
        await upstream.ReadHead();
        var answer = await client.ReadMessage(isResponse: true);

        Assert.That(answer.Status, Is.EqualTo(504));
        Assert.That(answer["Proxy-Status"], Does.StartWith("gatewaymesh; error=http_response_timeout; forwarded=?1"));
        Assert.That(await upstream.IsEnded());
    }

    [Test]
    public async Task The_remaining_time_is_passed_on_and_an_application_cannot_change_it()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-timeout-ms: 1\r\n\r\n");

        Assert.That(int.Parse(payments.Last["gatewaymesh-timeout-ms"]!, null), Is.InRange(10_000, 15_000));
    }

    [Test]
    public async Task The_shorter_of_the_peers_remaining_time_and_the_policys_timeout_applies()
    {
        using var silent = new Backend();
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", silent.HostPort);
        using var client = await RawConnection.To(mesh.Open(ListenerKind.Mesh, "mesh"));

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-timeout-ms: 200\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(504));
        Assert.That(answer.Body, Does.Contain("deadline_exceeded"));
    }

    [Test]
    public async Task A_peer_with_no_time_left_gets_504_at_once()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", payments.HostPort);
        using var client = await RawConnection.To(mesh.Open(ListenerKind.Mesh, "mesh"));

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-timeout-ms: 0\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(504));
        Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?0"));
        Assert.That(payments.Executed, Is.Zero);
    }

    [TestCase(3, 60)]
    [TestCase(60, 3)]
    public async Task Each_hop_is_limited_to_the_remaining_time_even_through_a_gateway(int sidecar, int atGateway)
    {
        using var payments = Backend.Answering("paid");
        await using var gateway = await Mesh.Start(options => options with { Node = "gw", RoleName = "gateway" });
        var address = gateway.Service("payments", Within(atGateway), payments.HostPort).Open(ListenerKind.Mesh, "mesh");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 1 });
        mesh.Service("payments", Within(sidecar), payments.HostPort).Gateway(new HostPort("127.0.0.1", address.Port));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer["Via"], Does.Contain("gw-gateway"));
        Assert.That(int.Parse(payments.Last["gatewaymesh-timeout-ms"]!, null), Is.InRange(1, 3000));
    }

    [Test]
    public async Task A_started_stream_may_outlast_the_deadline()
    {
        using var slow = new Backend();
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", Short, slow.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        using var upstream = await slow.NextConnection();
        await upstream.ReadHead();
        await upstream.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
        var head = await client.ReadHead();
        await Task.Delay(2 * Short.Timeouts.Request); // time itself is under test
        await upstream.Send("1\r\nb\r\n0\r\n\r\n");
        var rest = new RawMessage(head);
        await client.ReadChunksInto(rest);

        Assert.That(rest.Body, Is.EqualTo("ab"));
    }

    [Test]
    public async Task A_slow_upload_does_not_use_up_the_response_timeout()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", Short, payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 2\r\n\r\na");
        await Task.Delay(2 * Short.Timeouts.Request); // time itself is under test
        var answer = await client.Ask("b");

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(payments.Last.Body, Is.EqualTo("ab"));
    }

    private static PolicyModel Within(int seconds) =>
        PolicyModel.Default with { Timeouts = new() { Request = TimeSpan.FromSeconds(seconds) } };
}
