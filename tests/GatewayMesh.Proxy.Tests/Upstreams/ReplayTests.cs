using System.Net.Sockets;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Upstreams;

/// <summary>Connections on which the application reads a request, runs the request, and ends the connection without a response.</summary>
public class ReplayTests
{
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\n\r\n")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Type: text/x\r\nContent-Length: 0\r\n\r\n")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 3\r\n\r\nabc")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")]
    [TestCase("PATCH / HTTP/1.1\r\nHost: payments\r\n\r\n")]
    [TestCase("INVENTED / HTTP/1.1\r\nHost: payments\r\n\r\n")]
    public async Task A_request_that_must_not_run_twice_runs_once(string request)
    {
        using var payments = DyingAt(2);
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask(request);
        var answer = await client.Ask(request);

        Assert.That(payments.Connections, Is.EqualTo(1), "on the same connection");
        Assert.That(payments.Executed, Is.EqualTo(2));
        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?1"));
    }

    [TestCase("GET", false)]
    [TestCase("GET", true)]
    [TestCase("OPTIONS", true)]
    [TestCase("PUT", true)]
    public async Task A_request_that_the_application_may_have_run_is_resent_only_by_its_policy(string method, bool isReused)
    {
        using var payments = DyingAt(isReused ? 2 : 1);
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", Only(RetryCondition.ConnectFailure), payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        RawMessage answer;
        for (var i = 0; (answer = await client.Ask($"{method} / HTTP/1.1\r\nHost: payments\r\n\r\n")).Status == 200 && i < 3; i++)
        {
        }

        Assert.That((answer.Status, payments.Executed, payments.Connections), Is.EqualTo((502, isReused ? 2 : 1, 1)));
        Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?1"));

        using var again = DyingAt(isReused ? 2 : 1);
        mesh.Service("payments", Only(RetryCondition.Reset), again.HostPort);
        for (var i = 0; i < 2; i++)
        {
            Assert.That((await client.Ask($"{method} / HTTP/1.1\r\nHost: payments\r\n\r\n")).Status, Is.EqualTo(200));
        }

        Assert.That(again.Executed, Is.EqualTo(3));
        Assert.That(
            again.Requests.Count(request => request["gatewaymesh-attempt"] == "2"), Is.EqualTo(1), "the policy's attempt, which counts");
    }

    [Test]
    public async Task A_request_for_which_a_reused_connection_was_already_dead_goes_to_a_new_one_without_an_attempt()
    {
        const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid";
        using var payments = new Backend();
        await using var mesh = await Mesh.Start(options => options with { Loops = 1 });
        mesh.Service("payments", Only(RetryCondition.ConnectFailure), payments.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());
        var first = client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        var idle = await payments.NextConnection();
        await idle.ReadMessage(isResponse: false);
        await idle.Send(Answer);
        await first;

        // The loop sees the request before the reset, in the same turn.
        using var release = new ManualResetEventSlim();
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        mesh.Plane.Loops[0].Post(() =>
        {
            stalled.SetResult();
            release.Wait();
        });
        await stalled.Task;
        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        idle.Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        idle.Dispose();
        release.Set();
        using var next = await payments.NextConnection();
        var request = await next.ReadMessage(isResponse: false);
        await next.Send(Answer);

        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
        Assert.That(request["gatewaymesh-attempt"], Is.Null.Or.EqualTo("1"));
    }

    [Test]
    public async Task A_request_that_an_application_read_before_it_was_gone_is_never_reported_as_not_forwarded()
    {
        Backend payments = null!;
        payments = new Backend((_, connection) =>
        {
            payments.Dispose();
            connection.Dispose();
            return Task.CompletedTask;
        });
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That((answer.Status, payments.Executed), Is.EqualTo((502, 1)));
        Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?1"));
    }

    [TestCase(false, false)]
    [TestCase(false, true)]
    [TestCase(true, false)]
    [TestCase(true, true)]
    public async Task A_POST_that_the_application_read_whole_is_never_sent_twice(bool isExpecting, bool isReused)
    {
        using var payments = new Backend(async (request, connection) =>
        {
            if (isExpecting && request.Method == "POST")
            {
                await connection.Send("HTTP/1.1 100 Continue\r\n\r\n");
                await Backend.ReadBody(request, connection);
            }

            if (request.Method == "POST")
            {
                connection.Dispose();
                return;
            }

            await connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort, payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);
        if (isReused)
        {
            await client.Ask("PUT / HTTP/1.1\r\nHost: payments\r\nContent-Length: 2\r\n\r\nof");
        }

        await client.Send(
            $"POST / HTTP/1.1\r\nHost: payments\r\n{(isExpecting ? "Expect: 100-continue\r\n" : "")}Content-Length: 3\r\n\r\nabc");
        var answer = await client.ReadMessage(isResponse: true);
        answer = answer.Status == 100 ? await client.ReadMessage(isResponse: true) : answer;

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?1"));
        Assert.That(
            payments.Requests.Where(request => request.Method == "POST").Select(request => request.Body), Is.EqualTo(new[] { "abc" }));
        Assert.That(payments.Executed, Is.EqualTo(isReused ? 2 : 1), "no head of a second try either");
        Assert.That(payments.Connections, Is.EqualTo(1));
    }

    [TestCase("POST", false)]
    [TestCase("POST", true)]
    [TestCase("GET", false)]
    [TestCase("GET", true)]
    public async Task On_HTTP_2_a_request_that_the_application_read_whole_is_never_sent_twice(string method, bool isReused)
    {
        using var payments = new H2Backend((request, connection) =>
        {
            if (request.Head[":path"] != "/first")
            {
                connection.Dispose();
                return Task.CompletedTask;
            }

            return connection.Headers(request.Stream, Fields.Of((":status", "200")), end: true);
        });
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", "http2", Only(RetryCondition.ConnectFailure), payments.HostPort, payments.HostPort);
        using var client = await H2Connection.To(mesh.Outbound());
        if (isReused)
        {
            Assert.That((await client.Ask(Fields.Request("GET", "/first", "payments"))).Status, Is.EqualTo(200));
        }

        var answer = await client.Ask(Fields.Request(method, "/", "payments"), method == "POST" ? "abc" : null);

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(answer["proxy-status"], Does.Contain("forwarded=?1"));
        Assert.That(payments.Executed, Is.EqualTo(isReused ? 2 : 1));
        Assert.That(payments.Last.Body, Is.EqualTo(method == "POST" ? "abc" : ""));
        Assert.That(payments.Connections, Is.EqualTo(1));
    }

    [TestCase(1)]
    [TestCase(1000)]
    public async Task A_tunnel_may_end_without_a_reply_to_its_data(int piece)
    {
        const string Switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
        var ended = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var payments = new Backend(async (_, connection) =>
        {
            foreach (var part in Switched.Chunk(piece))
            {
                await connection.Send(new string(part));
            }

            ended.TrySetResult(System.Text.Encoding.ASCII.GetString(await connection.ReadBytes(3)));
            connection.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        });
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send(
            "GET /ws HTTP/1.1\r\nHost: payments\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                + "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        Assert.That(await client.ReadHead(), Does.StartWith("HTTP/1.1 101"));
        await client.Send("end");

        Assert.That(await ended.Task.WaitAsync(RawConnection.Patience), Is.EqualTo("end"));
        Assert.That(await client.ReadToEnd(), Is.Empty, "the end arrives as an end, not as a reset");
    }

    [Test]
    public async Task Connections_are_reused_and_closed_when_the_instance_is_gone()
    {
        using var payments = new Backend((_, connection) => connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 5; i++)
        {
            await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
            mesh.Apply(); // a reload does not affect connections
        }

        Assert.That(payments.Connections, Is.EqualTo(1));
        mesh.Service("payments");
        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Status, Is.EqualTo(503));
    }

    [Test]
    public async Task A_service_never_uses_another_services_connection()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, web) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var one = await RawConnection.To(web);
        using var two = await RawConnection.To(mesh.Outbound("cron"));

        await one.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        await two.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(payments.Connections, Is.EqualTo(2));
    }

    // No attempt for what this does not name; the same instance may be asked again.
    private static PolicyModel Only(RetryCondition condition) =>
        PolicyModel.Default with { Retries = RetriesModel.Default with { On = [condition], SameInstance = true } };

    private static Backend DyingAt(int number)
    {
        var count = 0;
        return new Backend(async (_, connection) =>
        {
            if (Interlocked.Increment(ref count) == number)
            {
                connection.Dispose();
                return;
            }

            await connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
    }
}
