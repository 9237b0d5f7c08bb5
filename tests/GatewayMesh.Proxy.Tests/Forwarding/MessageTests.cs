using System.Net.Sockets;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

/// <summary>Parts of HTTP/1.1 messages around the head and the content: interim responses, trailers, expectations, half-close.</summary>
public class MessageTests
{
    private const string Chunked = "POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n";

    [TestCase("5;=\u0001bad\r\n12345\r\n0\r\n\r\n")]
    [TestCase("5;a=\"open\r\n12345\r\n0\r\n\r\n")]
    [TestCase("5 x\r\n12345\r\n0\r\n\r\n")]
    public async Task A_malformed_chunk_extension_is_400(string body)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask(Chunked + body);

        Assert.That(answer.Status, Is.EqualTo(400));
        Assert.That(await client.IsEnded());
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task A_chunk_extension_is_dropped_and_the_content_passes()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask(Chunked + "5;a=b\r\n12345\r\n0\r\n\r\n");

        Assert.That(payments.Last.Body, Is.EqualTo("12345"));
    }

    [Test]
    public async Task Trailers_pass_both_ways()
    {
        using var payments = Backend.Bytes(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n4\r\npaid\r\n0\r\nX-Sum: 2\r\n\r\n");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask(Chunked + "5\r\n12345\r\n0\r\nX-Sum: 1\r\n\r\n");

        Assert.That((payments.Last.Body, answer.Body), Is.EqualTo(("12345", "paid")));
        Assert.That(payments.Last.Trailers, Is.EqualTo(["X-Sum: 1"]));
        Assert.That(answer.Trailers, Is.EqualTo(["X-Sum: 2"]));
    }

    [TestCase("Content-Length: 9")]
    [TestCase("Host: forged")]
    [TestCase("gatewaymesh-source: forged")]
    [TestCase("X-Forwarded-For: 1.2.3.4")]
    public async Task A_trailer_that_frames_or_routes_is_dropped(string trailer)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask(Chunked + $"5\r\n12345\r\n0\r\n{trailer}\r\nX-Sum: 1\r\n\r\n");

        Assert.That(payments.Last.Trailers, Is.EqualTo(["X-Sum: 1"]));
    }

    [Test]
    public async Task An_informational_response_is_forwarded()
    {
        using var payments = Backend.Bytes(
            "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(await client.ReadHead(), Does.StartWith("HTTP/1.1 103 ").And.Contain("Link: </a>"));
        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task Endless_informational_responses_are_502()
    {
        using var payments = Backend.Bytes(string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 17)));
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        for (var i = 0; i < 16; i++)
        {
            Assert.That(await client.ReadHead(), Does.StartWith("HTTP/1.1 102 "));
        }

        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(502));
    }

    [Test]
    public async Task An_expected_body_is_not_requested_if_the_application_refuses()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("POST / HTTP/1.1\r\nHost: payments\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        using var application = await payments.NextConnection();
        Assert.That(await application.ReadHead(), Does.Contain("Expect: 100-continue"));
        await application.Send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");

        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(401));
    }

    [Test]
    public async Task An_expected_body_is_requested_by_the_application()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("POST / HTTP/1.1\r\nHost: payments\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        using var application = await payments.NextConnection();
        await application.ReadHead();
        await application.Send("HTTP/1.1 100 Continue\r\n\r\n");
        Assert.That(await client.ReadHead(), Does.StartWith("HTTP/1.1 100 "));
        await client.Send("body");
        Assert.That(await application.ReadBytes(4), Is.EqualTo("body"u8.ToArray()));
        await application.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");

        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task A_half_closed_client_still_gets_its_response()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        using var application = await payments.NextConnection();
        await application.ReadHead();
        client.Socket.Shutdown(SocketShutdown.Send);
        Assert.That(await client.ReadHead(), Does.StartWith("HTTP/1.1 100 "), "the mesh asks whether the client still reads");
        await application.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");

        Assert.That((await client.ReadMessage(isResponse: true)).Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task An_early_response_reaches_the_client_while_its_upload_runs()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send($"POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: {1 << 30}\r\n\r\nbegin");
        using var application = await payments.NextConnection();
        await application.ReadHead();
        await application.Send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig");

        var answer = await client.ReadMessage(isResponse: true);
        Assert.That((answer.Status, answer.Body), Is.EqualTo((413, "big")));
    }

    [Test]
    public async Task A_short_rest_of_an_upload_is_dropped_and_the_connection_continues()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 1000\r\n\r\nbegin");
        using var application = await payments.NextConnection();
        await application.ReadHead();
        await application.Send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(401));
        await client.Send(new string('x', 995) + "GET /next HTTP/1.1\r\nHost: payments\r\n\r\n");

        using var next = await payments.NextConnection();
        Assert.That(await next.ReadHead(), Does.StartWith("GET /next "));
    }

    [TestCase("GET / HTTP/1.0\r\n\r\n")]
    [TestCase("GET / HTTP/1.0\r\nHost:\r\n\r\n")]
    public async Task A_request_of_HTTP_1_0_without_a_host_is_forwarded_with_the_address_of_the_instance(string request)
    {
        using var application = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(mesh.Inbound(application.HostPort));

        var answer = await client.Ask(request);

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
        Assert.That(application.Last.Values("Host"), Is.EqualTo([application.HostPort.ToString()]));
    }

    [TestCase("delete")]
    [TestCase("Get")]
    [TestCase("PURGE")]
    public async Task A_method_is_forwarded_as_it_came(string method)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask($"{method} / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That((answer.Status, payments.Last.Method), Is.EqualTo((200, method)));
    }
}
