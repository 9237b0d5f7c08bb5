using System.Net;
using System.Net.Sockets;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>Streams of any protocol after 101, over two sidecars with mTLS: bytes, ends, a drain, metrics.</summary>
public sealed class MutualTunnelTests
{
    private const int Million = 1024 * 1024;

    private CertifiedMesh _mesh = null!;
    private Backend _payments = null!;
    private Mesh _caller = null!;
    private Mesh _callee = null!;
    private IPEndPoint _outbound = null!;

    [SetUp]
    public async Task Start()
    {
        _mesh = new CertifiedMesh();
        _payments = new Backend();
        (_caller, _callee, _outbound) = await _mesh.Pair(_payments.HostPort);
    }

    [TearDown]
    public async Task End()
    {
        await _mesh.DisposeAsync();
        _payments.Dispose();
    }

    [TestCase("echo/2", "echo/2")]
    [TestCase("tcp", "tcp")]
    [TestCase("SPDY/3.1", "SPDY/3.1")]
    [TestCase("a/1, b/2, websocket", "b/2")]
    public async Task A_tunnel_of_any_protocol_passes_bytes_and_ends_of_both_sides(string asked, string taken)
    {
        var (client, application) = await Open(asked, taken);
        using var _ = client;
        using var __ = application;

        await Task.WhenAll(Send(client, 'c', application), Send(application, 'a', client));

        // One side ends; the other continues for longer than a WebSocket would be waited for.
        await client.Send("last words");
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.That(await application.ReadToEnd(), Is.EqualTo("last words"));
        await Task.Delay(1500);
        await application.Send("still here");
        Assert.That(await client.ReadBytes(10), Is.EqualTo("still here"u8.ToArray()));
        application.Socket.Shutdown(SocketShutdown.Send);
        Assert.That(await client.ReadToEnd(), Is.Empty, "an end, not a reset");
    }

    [Test]
    public async Task A_protocol_that_was_not_asked_for_is_502()
    {
        using var client = await RawConnection.To(_outbound);
        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\nConnection: Upgrade\r\nUpgrade: echo/2\r\n\r\n");
        using var application = await _payments.NextConnection();
        await application.ReadHead();
        await application.Send("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n");

        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(502));
        Assert.That(await application.IsEnded());
    }

    [Test]
    public async Task A_tunnel_outlives_the_drain_of_either_sidecar_and_its_end_completes_the_drain([Values] bool drainsCaller)
    {
        var (client, application) = await Open("echo/2", "echo/2");
        using var _ = client;
        using var __ = application;
        var drained = drainsCaller ? _caller : _callee;

        Assert.That(await drained.Plane.DrainAsync(TimeSpan.FromMilliseconds(300)), Is.EqualTo(new DrainResult(1, 1)));
        var drain = drained.Plane.DrainAsync(TimeSpan.FromSeconds(20));
        await Task.WhenAll(Send(client, 'c', application), Send(application, 'a', client));
        Assert.That(drain.IsCompleted, Is.False);
        client.Socket.Shutdown(SocketShutdown.Send);
        application.Socket.Shutdown(SocketShutdown.Send);

        Assert.That((await drain).IsClean);
    }

    [Test]
    public async Task What_passed_before_the_end_of_a_sidecar_is_delivered_and_then_both_sides_end([Values] bool endsCaller)
    {
        const int Size = 50_000;
        var (client, application) = await Open("echo/2", "echo/2");
        using var _ = client;
        using var __ = application;
        await Task.WhenAll(client.Send(new string('c', Size)), application.Send(new string('a', Size)));
        Assert.That(() => (client.Socket.Available, application.Socket.Available), Is.EqualTo((Size, Size)).After(10_000, 5));
        var ended = endsCaller ? _caller : _callee;

        await ended.Plane.DrainAsync(TimeSpan.FromMilliseconds(100));
        await ended.DisposeAsync();

        await client.ReadBytes(Size);
        await application.ReadBytes(Size);
        Assert.That(await client.IsEnded());
        Assert.That(await application.IsEnded());
    }

    [Test]
    public async Task A_tunnel_is_a_request_in_flight_and_then_one_request_with_status_101()
    {
        var (client, application) = await Open("echo/2", "echo/2");
        using var _ = client;
        using var __ = application;
        Assert.That((_caller.Plane.Inspection.Figures.InFlight, _callee.Plane.Inspection.Figures.InFlight), Is.EqualTo((1, 1)));
        Assert.That(_caller.Metrics(), Does.Not.Contain("status=\"101\""));

        client.Socket.Shutdown(SocketShutdown.Send);
        application.Socket.Shutdown(SocketShutdown.Send);
        await client.IsEnded();

        const string Counted = "destination=\"payments\",method=\"GET\",status=\"101\",error=\"none\"";
        Assert.That(_caller.Metrics, Does.Contain($"gatewaymesh_requests_total{{direction=\"outbound\",source=\"web\",{Counted}").After(5000, 20));
        Assert.That(_callee.Metrics, Does.Contain($"gatewaymesh_requests_total{{direction=\"inbound\",source=\"web\",{Counted}").After(5000, 20));
        Assert.That(_caller.Metrics(), Does.Contain("gatewaymesh_request_duration_seconds_count{direction=\"outbound\""));
    }

    private async Task<(RawConnection Client, RawConnection Application)> Open(string asked, string taken)
    {
        var client = await RawConnection.To(_outbound);
        await client.Send($"GET /x HTTP/1.1\r\nHost: payments\r\nConnection: Upgrade\r\nUpgrade: {asked}\r\n\r\n");
        var application = await _payments.NextConnection();
        var request = new RawMessage(await application.ReadHead());
        Assert.That((request["Connection"], request["Upgrade"]), Is.EqualTo(("Upgrade", asked)));
        await application.Send($"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: {taken}\r\n\r\n");
        var head = new RawMessage(await client.ReadHead());
        Assert.That((head.Status, head["Upgrade"]), Is.EqualTo((101, taken)));
        return (client, application);
    }

    private static async Task Send(RawConnection from, char content, RawConnection to)
    {
        var sending = from.Send(new string(content, Million));
        var arrived = await to.ReadBytes(Million);
        await sending;
        Assert.That(arrived.AsSpan().IndexOfAnyExcept((byte)content), Is.EqualTo(-1));
    }
}
