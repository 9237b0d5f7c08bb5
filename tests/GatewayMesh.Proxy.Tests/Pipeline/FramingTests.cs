using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Pipeline;

public class FramingTests
{
    [Test]
    public async Task CONNECT_is_405()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("CONNECT payments:443 HTTP/1.1\r\nHost: payments:443\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(405));
        Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?0"));
        Assert.That(await client.IsEnded());
    }

    [Test]
    public async Task Transfer_Encoding_with_Content_Length_is_400_and_the_connection_is_closed()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask(
            "POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(answer["Connection"], Is.EqualTo("close"));
        Assert.That(await client.IsEnded());
        Assert.That(payments.Executed, Is.Zero);
    }

    [TestCase("GET / HTTP/1.1\r\n\r\n", TestName = "no-host")]
    [TestCase("GET / HTTP/1.1\r\nHost: payments\r\nHost: payments\r\n\r\n", TestName = "two-hosts")]
    [TestCase("GET / HTTP/1.1\r\nHost : payments\r\n\r\n", TestName = "space-before-the-colon")]
    [TestCase("GET / HTTP/1.1\r\nHost: payments\r\nX: a\r\n folded\r\n\r\n", TestName = "folded-line")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", TestName = "two-lengths")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: x\r\n\r\n", TestName = "length-not-a-number")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: +5\r\n\r\n12345", TestName = "length-with-a-sign")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: -0\r\n\r\n", TestName = "negative-length")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 5, 5\r\n\r\n12345", TestName = "list-of-lengths")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0x5\r\n\r\n12345", TestName = "hexadecimal-length")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length:\r\n\r\n", TestName = "empty-length")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 99999999999999999999\r\n\r\n", TestName = "length-beyond-64-bits")]
    [TestCase("POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: gzip\r\n\r\n", TestName = "last-coding-not-chunked")]
    [TestCase("GET / HTTP/1.1\nHost: payments\r\n\r\n", TestName = "start-line-without-cr")]
    [TestCase("GET / HTTP/1.1\r\nHost: payments\nX-A: b\r\n\r\n", TestName = "field-without-cr")]
    [TestCase("GET / HTTP/1.1\r\nHost: payments\r\n\n", TestName = "empty-line-without-cr")]
    [TestCase("GET http://user@payments/ HTTP/1.1\r\nHost: payments\r\n\r\n", TestName = "user-in-the-target")]
    public async Task A_malformed_request_is_400_and_nothing_is_forwarded(string request)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask(request);

        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(await client.IsEnded());
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task OPTIONS_asterisk_is_answered_by_this_proxy()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("OPTIONS * HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(204));
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task Max_Forwards_is_decremented_and_ends_here_at_zero()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask("OPTIONS /x HTTP/1.1\r\nHost: payments\r\nMax-Forwards: 3\r\n\r\n");
        var options = await client.Ask("OPTIONS /x HTTP/1.1\r\nHost: payments\r\nMax-Forwards: 0\r\n\r\n");
        var trace = await client.Ask("TRACE /x HTTP/1.1\r\nHost: payments\r\nMax-Forwards: 0\r\n\r\n");
        await client.Ask("GET /x HTTP/1.1\r\nHost: payments\r\nMax-Forwards: 0\r\n\r\n");

        Assert.That(options.Status, Is.EqualTo(204));
        Assert.That(trace.Status, Is.EqualTo(405));
        Assert.That(payments.Requests.Select(request => request.Method), Is.EqualTo(new[] { "OPTIONS", "GET" }));
        Assert.That(payments.Requests.First()["Max-Forwards"], Is.EqualTo("2"));
    }

    [TestCase("http://payments")]
    [TestCase("HTTP://payments:")]
    public async Task OPTIONS_for_a_whole_server_is_forwarded_as_an_asterisk_to_its_application(string target)
    {
        using var payments = Backend.Answering("paid");
        await using var callee = await Mesh.Start();
        var inbound = callee.Inbound(payments.HostPort);
        var (mesh, outbound) = await Mesh.WithPayments(new Configuration.Values.HostPort("127.0.0.1", inbound.Port));
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 2; i++)
        {
            Assert.That((await client.Ask($"OPTIONS {target} HTTP/1.1\r\nHost: payments\r\n\r\n")).Body, Is.EqualTo("paid"));
            Assert.That((payments.Last.StartLine, payments.Last["Host"]), Is.EqualTo(("OPTIONS * HTTP/1.1", "payments")));
        }

        await client.Ask($"OPTIONS {target}/ HTTP/1.1\r\nHost: payments\r\n\r\n");
        Assert.That(payments.Last.Target, Is.EqualTo("/"));
        await client.Ask($"GET {target} HTTP/1.1\r\nHost: payments\r\n\r\n");
        Assert.That(payments.Last.Target, Is.EqualTo("/"), "for other methods the empty path is a slash");
    }

    [Test]
    public async Task OPTIONS_for_a_whole_server_is_forwarded_as_an_asterisk_from_every_listener(
        [ValueSource(typeof(OneListener), nameof(OneListener.Kinds))] ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(kind, payments.HostPort);
        using var client = await listener.Connect();

        Assert.That((await client.Ask($"OPTIONS http://payments HTTP/1.1\r\n{listener.Lines}\r\n")).Body, Is.EqualTo("paid"));
        Assert.That(payments.Last.Target, Is.EqualTo("*"));
    }

    [TestCase("GET")]
    [TestCase("POST")]
    [TestCase("PURGE")]
    public async Task Max_Forwards_of_other_methods_is_kept(string method)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask($"{method} /x HTTP/1.1\r\nHost: payments\r\nMax-Forwards: 3\r\nContent-Length: 0\r\n\r\n");

        Assert.That(payments.Last.Values("Max-Forwards"), Is.EqualTo(new[] { "3" }));
    }

    [TestCase("GET / HTTP/1.1\r\nHost:\r\n\r\n")]
    [TestCase("GET / HTTP/1.1\r\n\r\n")]
    [TestCase("GET / HTTP/1.0\r\n\r\n")]
    [TestCase("GET / HTTP/1.0\r\nHost: \r\n\r\n")]
    public async Task A_request_without_a_host_is_400_at_an_ingress(string request)
    {
        using var payments = Backend.Answering("paid");
        await using var listener = await OneListener.Start(ListenerKind.Ingress, payments.HostPort);
        using var client = await listener.Connect();
        using var http2 = await listener.ConnectHttp2();

        Assert.That((await client.Ask(request)).Status, Is.EqualTo(400));
        Assert.That((await http2.Ask(Fields.Of((":method", "GET"), (":scheme", "http"), (":path", "/")))).Status, Is.EqualTo(400));
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task An_HTTP_1_0_client_gets_no_chunks_and_no_keep_alive()
    {
        using var payments = Backend.Bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npaid\r\n0\r\n\r\n");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.0\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Has("Transfer-Encoding"), Is.False);
        Assert.That(answer.Body, Is.EqualTo("paid"), "up to the end of the connection");
        Assert.That(answer.StartLine, Does.StartWith("HTTP/1.1"), "its own version number");
        Assert.That(payments.Last.StartLine, Does.EndWith("HTTP/1.1"));
        Assert.That(payments.Last["Via"], Is.EqualTo("1.0 host-a-sidecar"));
    }

    [Test]
    public async Task A_slow_head_times_out()
    {
        await using var mesh = await Mesh.Start(
            options => options with { Limits = options.Limits with { RequestHeadersTimeout = TimeSpan.FromSeconds(1) } });
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Send("GET / HTTP/1.1\r\nHost: pay");
        var answer = await client.ReadToEnd();

        Assert.That(answer, Does.StartWith("HTTP/1.1 408"));
    }

    [Test]
    public async Task A_head_beyond_the_limit_is_431()
    {
        await using var mesh = await Mesh.Start(
            options => options with { Limits = options.Limits with { MaxRequestHeadersTotalSize = 1024 } });
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\nX: {new string('x', 2000)}\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(431));
    }

    [Test]
    public async Task A_body_beyond_the_limit_is_413_even_if_chunked()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(options => options with { Limits = options.Limits with { MaxRequestBodySize = 10 } });
        mesh.Service("payments", payments.HostPort);
        var outbound = mesh.Outbound();
        using var one = await RawConnection.To(outbound);
        using var two = await RawConnection.To(outbound);

        var counted = await one.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 11\r\n\r\n12345678901");
        var chunked = await two.Ask("POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n");

        Assert.That(counted.Status, Is.EqualTo(413));
        Assert.That(chunked.Status, Is.EqualTo(413));
    }

    [TestCase(ListenerKind.Outbound)]
    [TestCase(ListenerKind.Inbound)]
    [TestCase(ListenerKind.Mesh)]
    [TestCase(ListenerKind.Ingress)]
    public async Task The_liveness_path_is_answered_on_every_listener(ListenerKind kind)
    {
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(
            mesh.Open(kind, "any", spec => spec with { Service = "web", Application = Backend.ClosedPort() }));

        var answer = await client.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: anything\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(200));
        Assert.That(answer.Body, Is.EqualTo("ok\n"));
        Assert.That(
            answer["gatewaymesh-node"],
            Is.EqualTo(kind == ListenerKind.Ingress ? null : "host-a"),
            "no client outside learns the node's name");
    }
}
