using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Upstreams;

/// <summary>A pooled connection on which the application reads the second request, runs it, and dies without an answer.</summary>
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
        using var payments = DyingAtTheSecond();
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

    [Test]
    public async Task A_request_that_may_run_twice_is_sent_again()
    {
        using var payments = DyingAtTheSecond();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(200));
        Assert.That(payments.Executed, Is.EqualTo(3));
    }

    [Test]
    public async Task Connections_are_kept_for_the_next_request_and_dropped_when_the_instance_is_gone()
    {
        using var payments = new Backend((_, connection) => connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 5; i++)
        {
            await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
            mesh.Apply(); // a reload changes nothing for connections
        }

        Assert.That(payments.Connections, Is.EqualTo(1));
        mesh.Service("payments");
        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Status, Is.EqualTo(503));
    }

    [Test]
    public async Task One_service_never_uses_the_connection_of_another()
    {
        using var payments = Backend.Saying("paid");
        var (mesh, web) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var one = await RawConnection.To(web);
        using var two = await RawConnection.To(mesh.Outbound("cron"));

        await one.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        await two.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(payments.Connections, Is.EqualTo(2));
    }

    private static Backend DyingAtTheSecond()
    {
        var count = 0;
        return new Backend(async (_, connection) =>
        {
            if (Interlocked.Increment(ref count) == 2)
            {
                connection.Dispose();
                return;
            }

            await connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
    }
}
