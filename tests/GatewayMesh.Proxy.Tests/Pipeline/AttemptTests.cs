using System.Net;
using System.Net.Sockets;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Pipeline;

public class AttemptTests
{
    [TestCase("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 3\r\n\r\nabc")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")]
    public async Task A_refused_connection_is_tried_on_another_instance_whatever_the_method(string request)
    {
        using var alive = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(Backend.ClosedPort(), alive.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 12; i++)
        {
            var answer = await client.Ask(request);
            Assert.That(answer.Body, Is.EqualTo("paid"));
        }

        Assert.That(alive.Executed, Is.EqualTo(12));
        Assert.That(
            alive.Requests.Select(each => each.Body), Is.All.EqualTo(request.StartsWith("GET", StringComparison.Ordinal) ? "" : "abc"));
    }

    [Test]
    public async Task The_attempt_number_is_sent_to_the_next_hop()
    {
        using var alive = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(Backend.ClosedPort(), alive.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 12; i++)
        {
            await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-hops: 7\r\n\r\n");
        }

        var attempts = alive.Requests.Select(request => request["gatewaymesh-attempt"]).ToArray();
        Assert.That(attempts.Distinct(), Is.EquivalentTo(new[] { "1", "2" }));
        Assert.That(
            alive.Requests.Select(request => request["gatewaymesh-hops"]), Is.All.EqualTo("1"), "the application's hop count is dropped");
        Assert.That(alive.Last["gatewaymesh-source"], Is.EqualTo("web"));
    }

    [TestCase("2", "2")]
    [TestCase("7", "7")]
    [TestCase("99", "99")]
    public async Task An_applications_own_attempts_are_counted(string sent, string passedOn)
    {
        using var alive = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(alive.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-attempt: {sent}\r\n\r\n");

        Assert.That(alive.Last["gatewaymesh-attempt"], Is.EqualTo(passedOn));
    }

    [TestCase(1, 2)]
    [TestCase(2, 1)]
    public async Task A_lost_request_of_an_applications_second_attempt_is_not_retried(int attempt, int executed)
    {
        using var one = new Backend((_, connection) => { connection.Reset(); return Task.CompletedTask; });
        using var two = new Backend((_, connection) => { connection.Reset(); return Task.CompletedTask; });
        var (mesh, outbound) = await Mesh.WithPayments(one.HostPort, two.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\ngatewaymesh-attempt: {attempt}\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(one.Executed + two.Executed, Is.EqualTo(executed));
    }

    [Test]
    public async Task A_refusing_instance_is_ejected_after_three_failures()
    {
        using var alive = Backend.Answering("paid");
        var closed = Backend.ClosedPort();
        await using var mesh = await Mesh.Start();
        mesh.Service(
            "payments",
            PolicyModel.Default with { LoadBalancing = new() { Policy = BalancingPolicy.RoundRobin } },
            [closed, alive.HostPort]);
        using var client = await RawConnection.To(mesh.Outbound());

        for (var i = 0; i < 40; i++)
        {
            await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        }

        var dead = mesh.Plane.Inspection.Endpoints().Single(endpoint => endpoint.Address == closed);
        Assert.That(dead.IsEjected);
        Assert.That(
            alive.Requests.Count(request => request["gatewaymesh-attempt"] == "2"), Is.EqualTo(3), "only three requests reached it");
    }

    [Test]
    public async Task When_all_instances_refuse_the_response_reports_not_forwarded()
    {
        var (mesh, outbound) = await Mesh.WithPayments(Backend.ClosedPort(), Backend.ClosedPort());
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 3\r\n\r\nabc");

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(answer["Proxy-Status"], Does.StartWith("gatewaymesh; error=connection_refused; forwarded=?0"));
        Assert.That(
            (await client.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n")).Status,
            Is.EqualTo(200),
            "the connection survives");
    }

    [Test]
    public async Task No_more_attempts_than_the_policy_allows()
    {
        await using var mesh = await Mesh.Start();
        using var fourth = Backend.Answering("never");
        mesh.Service(
            "payments", PolicyModel.Default with { Retries = new() { MaxAttempts = 1 } }, [Backend.ClosedPort(), Backend.ClosedPort()]);
        using var client = await RawConnection.To(mesh.Outbound());

        for (var i = 0; i < 4; i++)
        {
            Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Status, Is.EqualTo(502));
        }
    }

    [Test]
    public async Task A_connect_timeout_moves_to_another_instance()
    {
        using var alive = Backend.Answering("paid");
        using var full = new FullBacklog();
        await using var mesh = await Mesh.Start();
        mesh.Service(
            "payments",
            PolicyModel.Default with { Timeouts = new() { Connect = TimeSpan.FromMilliseconds(100) } },
            [full.HostPort, alive.HostPort]);
        var outbound = mesh.Outbound();
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 6; i++)
        {
            Assert.That((await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 3\r\n\r\nabc")).Body, Is.EqualTo("paid"));
        }
    }

    [Test]
    public async Task A_connection_lost_before_the_response_is_retried_for_GET_and_not_for_POST()
    {
        using var dying = new Backend((_, connection) =>
        {
            connection.Reset();
            return Task.CompletedTask;
        });
        using var alive = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        mesh.Service(
            "payments",
            PolicyModel.Default with
            {
                Ejection = new() { ConsecutiveFailures = 1000 },
                LoadBalancing = new() { Policy = BalancingPolicy.RoundRobin },
            },
            [dying.HostPort, alive.HostPort]);
        var outbound = mesh.Outbound();
        using var client = await RawConnection.To(outbound);

        var gets = 0;
        for (var i = 0; i < 10; i++)
        {
            gets += (await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Status == 200 ? 1 : 0;
        }

        var executed = dying.Executed + alive.Executed;
        var lost = 0;
        for (var i = 0; i < 10; i++)
        {
            var answer = await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 3\r\n\r\nabc");
            if (answer.Status == 502)
            {
                Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?1"));
                lost++;
            }
        }

        Assert.That(gets, Is.EqualTo(10));
        Assert.That(dying.Executed + alive.Executed - executed, Is.EqualTo(10), "each POST ran once");
        Assert.That(lost, Is.GreaterThan(0));
    }

    [Test]
    public async Task A_peers_not_forwarded_error_is_retried_elsewhere_even_for_POST_without_a_body()
    {
        using var draining = Backend.Bytes(
            "HTTP/1.1 503 Service Unavailable\r\nProxy-Status: gatewaymesh; error=connection_limit_reached; "
                + "forwarded=?0\r\nContent-Length: 0\r\n\r\n");
        using var alive = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(draining.HostPort, alive.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 8; i++)
        {
            Assert.That((await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n")).Body, Is.EqualTo("paid"));
        }

        Assert.That(draining.Executed, Is.GreaterThan(0));
        Assert.That(alive.Executed, Is.EqualTo(8));
    }

    [Test]
    public async Task A_503_of_the_application_is_passed_on_and_not_retried()
    {
        using var busy = Backend.Bytes("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
        var (mesh, outbound) = await Mesh.WithPayments(busy.HostPort, busy.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(503));
        Assert.That(answer.Body, Is.EqualTo("busy"));
        Assert.That(busy.Executed, Is.EqualTo(1));
    }

    /// <summary>A listener with a full backlog: connection attempts get no reply.</summary>
    private sealed class FullBacklog : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly List<Socket> _clients = [];

        public FullBacklog()
        {
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen(0);
            for (var i = 0; i < 4; i++)
            {
                var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
                try
                {
                    client.Connect(_listener.LocalEndPoint!);
                }
                catch (SocketException)
                {
                    // Stays in progress.
                }

                _clients.Add(client);
            }
        }

        public HostPort HostPort => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndPoint!).Port);

        public void Dispose()
        {
            _clients.ForEach(client => client.Dispose());
            _listener.Dispose();
        }
    }
}
