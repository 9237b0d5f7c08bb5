using System.Collections.Concurrent;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Limits;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Limits;

/// <summary>Limits on the wire: a sidecar, an application that responds on the test's command, and clients.</summary>
public class LimitedCallTests
{
    private const string Call = "GET / HTTP/1.1\r\nHost: payments\r\n\r\n";
    private const string Well = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid";

    [Test]
    public async Task A_request_beyond_maxConcurrentRequests_is_refused_unforwarded_until_a_permit_is_free()
    {
        using var payments = new Backend();
        await using var mesh = await With(new() { MaxConcurrentRequests = 1 }, payments.HostPort);
        var outbound = mesh.Outbound();
        using var one = await RawConnection.To(outbound);
        using var two = await RawConnection.To(outbound);

        await one.Send(Call);
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();
        var refused = await two.Ask(Call);

        Assert.That(refused.Status, Is.EqualTo(503));
        Assert.That(refused["Retry-After"], Is.EqualTo("1"));
        Assert.That(
            refused["Proxy-Status"], Is.EqualTo("gatewaymesh; error=connection_limit_reached; forwarded=?0; reason=limit_reached"));
        Assert.That(refused.Body, Does.Contain("limit_reached"));
        Assert.That(
            mesh.Metrics(),
            Does.Contain("gatewaymesh_limit_refusals_total{service=\"payments\",limit=\"requests\",criticality=\"default\"} 1"));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_limit_requests{service=\"payments\",limit=\"requests\"} 1"));
        await upstream.Send(Well);
        Assert.That((await one.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));

        await two.Send(Call);
        await upstream.ReadHead();
        await upstream.Send(Well);
        Assert.That((await two.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
        await Idle(mesh);
    }

    [Test]
    public async Task Beyond_maxConnections_requests_wait_and_beyond_maxPendingRequests_they_are_refused()
    {
        using var payments = new Backend();
        await using var mesh = await With(new() { MaxConnections = 1, MaxPendingRequests = 1 }, payments.HostPort);
        var outbound = mesh.Outbound();
        using var one = await RawConnection.To(outbound);
        using var two = await RawConnection.To(outbound);
        using var three = await RawConnection.To(outbound);

        await one.Send(Call);
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();
        await two.Send(Call);
        await Until(() => View(mesh).Pending == 1);
        var refused = await three.Ask(Call);

        Assert.That(refused.Status, Is.EqualTo(503));
        Assert.That(refused["Proxy-Status"], Does.StartWith("gatewaymesh; error=connection_limit_reached; forwarded=?0"));
        await upstream.Send(Well);
        Assert.That((await one.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
        await upstream.ReadHead();
        await upstream.Send(Well);
        Assert.That((await two.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
        Assert.That(payments.Connections, Is.EqualTo(1));
        Assert.That(
            mesh.Metrics(),
            Does.Contain("gatewaymesh_limit_refusals_total{service=\"payments\",limit=\"pending\",criticality=\"default\"} 1"));
        await Idle(mesh);
    }

    [Test]
    public async Task A_wait_for_a_connection_ends_at_the_requests_deadline_unforwarded()
    {
        using var payments = new Backend();
        await using var mesh = await With(new() { MaxConnections = 1 }, payments.HostPort);
        var gateway = mesh.Open(ListenerKind.Mesh, "mesh");
        using var one = await RawConnection.To(gateway);
        using var two = await RawConnection.To(gateway);

        await one.Send(Call);
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();
        var late = await two.Ask("POST / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-timeout-ms: 200\r\nContent-Length: 0\r\n\r\n");

        Assert.That(late.Status, Is.EqualTo(504));
        Assert.That(late["Proxy-Status"], Does.Contain("forwarded=?0"));
        await upstream.Send(Well);
        await one.ReadMessage(isResponse: true);
        await Idle(mesh);
    }

    [Test]
    public async Task A_client_that_disconnects_during_the_wait_leaves_the_queue()
    {
        using var payments = new Backend();
        await using var mesh = await With(new() { MaxConnections = 1 }, payments.HostPort);
        var outbound = mesh.Outbound();
        using var one = await RawConnection.To(outbound);
        using var two = await RawConnection.To(outbound);

        await one.Send(Call);
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();
        await two.Send(Call);
        await Until(() => View(mesh).Pending == 1);
        two.Reset();
        await Until(() => View(mesh).Pending == 0);
        await upstream.Send(Well);
        await one.ReadMessage(isResponse: true);
        await Idle(mesh);
    }

    [Test]
    public async Task Retries_never_exceed_maxConcurrentRetries()
    {
        using var lost = Backend.BytesAndEnd("");
        using var payments = Backend.Answering("paid");
        await using var mesh = await With(new() { MaxConcurrentRetries = 0 }, lost.HostPort, payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        var statuses = new List<int>();
        for (var i = 0; i < 12; i++)
        {
            statuses.Add((await client.Ask(Call)).Status);
        }

        Assert.That(statuses, Does.Contain(502), "without the limit the other instance serves each of them");
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_retries_total{outcome=\"limit_reached\"}"));
        await Idle(mesh);
    }

    [Test]
    public async Task A_failing_service_gets_no_request_for_openFor_and_then_one_trial()
    {
        var answers = new ConcurrentQueue<string>(Enumerable.Repeat("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 4));
        using var payments = new Backend((_, connection) => connection.Send(answers.TryDequeue(out var answer) ? answer : Well));
        await using var mesh = await With(
            new() { Breaker = new() { Enabled = true, MinimumRequests = 4, OpenFor = TimeSpan.FromSeconds(2) } }, payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        for (var i = 0; i < 4; i++)
        {
            Assert.That((await client.Ask(Call)).Has("Proxy-Status"), Is.False, "the application's own response");
        }

        var refused = await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n");

        Assert.That(refused.Status, Is.EqualTo(503));
        Assert.That(
            refused["Proxy-Status"], Is.EqualTo("gatewaymesh; error=destination_unavailable; forwarded=?0; reason=circuit_open"));
        Assert.That(refused["Retry-After"], Is.AnyOf("1", "2"));
        Assert.That(refused.Body, Does.Contain("circuit_open"));
        Assert.That(payments.Executed, Is.EqualTo(4));
        Assert.That(View(mesh).Breaker, Is.EqualTo(BreakerPhase.Open));
        Assert.That(mesh.Metrics(), Does.Contain("gatewaymesh_breaker_state{service=\"payments\"} 2"));
        Assert.That(
            mesh.Metrics(),
            Does.Contain("gatewaymesh_limit_refusals_total{service=\"payments\",limit=\"breaker\",criticality=\"default\"} 1"),
            "tried once: an open breaker is not retried");

        await Until(() => View(mesh).OpenFor == TimeSpan.Zero);
        Assert.That((await client.Ask(Call)).Body, Is.EqualTo("paid"));
        await Until(() => View(mesh).Breaker == BreakerPhase.Closed);
        await Idle(mesh);
    }

    [Test]
    public async Task Limits_apply_at_a_gateway_and_an_ingress_but_not_at_the_callees_own_sidecar()
    {
        using var payments = new Backend();
        await using var mesh = await With(new() { MaxConcurrentRequests = 1 }, payments.HostPort);
        using var one = await RawConnection.To(mesh.Open(ListenerKind.Mesh, "mesh"));
        using var two = await RawConnection.To(mesh.Inbound(payments.HostPort));

        await one.Send(Call);
        using var first = await payments.NextConnection();
        await first.ReadHead();
        await two.Send(Call);
        using var second = await payments.NextConnection();
        await second.ReadHead();
        var ingress = mesh.Open(ListenerKind.Ingress, "ingress/8080");
        mesh.Ingress(ingress.Port, ("payments", "payments"));
        using var three = await RawConnection.To(ingress);
        var refused = await three.Ask(Call);

        Assert.That(refused.Status, Is.EqualTo(503));
        Assert.That(refused.Body, Does.Contain("limit_reached"));
    }

    [Test]
    public async Task A_reload_during_a_request_keeps_all_counts()
    {
        using var payments = new Backend();
        await using var mesh = await With(new() { MaxConcurrentRequests = 1 }, payments.HostPort);
        var outbound = mesh.Outbound();
        using var one = await RawConnection.To(outbound);
        using var two = await RawConnection.To(outbound);
        await one.Send(Call);
        using var upstream = await payments.NextConnection();
        await upstream.ReadHead();

        mesh.Service("other", payments.HostPort);
        Assert.That((await two.Ask(Call)).Status, Is.EqualTo(503));
        await upstream.Send(Well);
        await one.ReadMessage(isResponse: true);
        await Idle(mesh);
    }

    [Test]
    public async Task A_WebSocket_holds_its_permits_until_it_ends()
    {
        using var payments = new Backend();
        await using var mesh = await With(new() { MaxConcurrentRequests = 1 }, payments.HostPort);
        var outbound = mesh.Outbound();
        using var one = await RawConnection.To(outbound);
        await one.Send(
            "GET / HTTP/1.1\r\nHost: payments\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                + "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        using (var upstream = await payments.NextConnection())
        {
            await upstream.ReadHead();
            await upstream.Send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "
                    + "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
            await one.ReadHead();
            using var two = await RawConnection.To(outbound);
            Assert.That((await two.Ask(Call)).Status, Is.EqualTo(503));
            Assert.That(View(mesh).Connections, Is.EqualTo(1));
        }

        await one.IsEnded();
        await Idle(mesh);
    }

    [Test]
    public async Task Every_outcome_of_a_request_returns_its_permits()
    {
        var turn = 0;
        using var payments = new Backend(async (_, connection) =>
        {
            switch (Interlocked.Increment(ref turn) % 5)
            {
                case 0:
                    connection.Dispose();
                    break;
                case 1:
                    await connection.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
                    connection.Dispose();
                    break;
                case 2:
                    await connection.Send("nonsense\r\n\r\n");
                    connection.Dispose();
                    break;
                default:
                    await connection.Send(Well);
                    break;
            }
        });
        await using var mesh = await With(
            new()
            {
                MaxConcurrentRequests = 6,
                MaxConnections = 2,
                MaxPendingRequests = 2,
                MaxConcurrentRetries = 1,
                Breaker = new() { Enabled = true, MinimumRequests = 50, OpenFor = TimeSpan.FromMilliseconds(50) },
            },
            payments.HostPort, Backend.ClosedPort());
        var outbound = mesh.Outbound();

        // Concurrent requests with each kind of end: answered, broken off, malformed, refused, retried, disconnected before or after the
        // head.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async worker =>
        {
            var random = new Random(worker);
            for (var i = 0; i < 25; i++)
            {
                using var client = await RawConnection.To(outbound);
                await client.Send(random.Next(3) == 0 ? "POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 4\r\n\r\nab" : Call);
                switch (random.Next(3))
                {
                    case 0:
                        client.Reset();
                        break;
                    case 1:
                        await Task.Yield();
                        break;
                    default:
                        client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                        _ = await client.IsEnded();
                        break;
                }
            }
        }));

        await Idle(mesh);
    }

    private static async Task<Mesh> With(LimitsModel limits, params HostPort[] instances)
    {
        // One loop, so that all clients share the idle connections: each loop has its own.
        var mesh = await Mesh.Start(options => options with { Loops = 1 });
        return mesh.Service("payments", PolicyModel.Default with { Limits = limits }, instances);
    }

    private static LimitView View(Mesh mesh) => mesh.Plane.Inspection.Limits().Single(view => view.Service == "payments");

    private static Task Idle(Mesh mesh) => Until(() => View(mesh) is { Requests: 0, Connections: 0, Pending: 0, Retries: 0 });

    private static async Task Until(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(RawConnection.Patience);
        while (!holds())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
