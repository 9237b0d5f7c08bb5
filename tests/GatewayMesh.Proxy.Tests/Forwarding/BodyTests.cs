using System.Net.Sockets;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Forwarding;

public class BodyTests
{
    [Test]
    public async Task Chunks_pass_both_ways_as_they_arrive()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        using var upstream = await payments.NextConnection();
        Assert.That(await upstream.ReadHead(), Does.Contain("Transfer-Encoding: chunked"));
        Assert.That(await upstream.ReadLine(), Is.EqualTo("5"));
        Assert.That(await upstream.ReadLine(), Is.EqualTo("first"), "before the second is sent");
        await client.Send("6\r\nsecond\r\n0\r\n\r\n");
        Assert.That(await upstream.ReadLine(), Is.EqualTo("6"));
        Assert.That(await upstream.ReadLine(), Is.EqualTo("second"));
        Assert.That(await upstream.ReadLine(), Is.EqualTo("0"));

        await upstream.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.That(await client.ReadHead(), Does.Contain("Transfer-Encoding: chunked"), "the head does not wait for the body");
        await upstream.Send("3\r\none\r\n");
        Assert.That(await client.ReadLine(), Is.EqualTo("3"));
        Assert.That(await client.ReadLine(), Is.EqualTo("one"));
        await upstream.Send("3\r\ntwo\r\n0\r\n\r\n");
        Assert.That(await client.ReadLine(), Is.EqualTo("3"));
        Assert.That(await client.ReadLine(), Is.EqualTo("two"));
        Assert.That(await client.ReadLine(), Is.EqualTo("0"));
    }

    [Test]
    public async Task HEAD_204_and_304_have_no_body_and_the_connection_continues()
    {
        using var payments = new Backend((request, connection) => connection.Send(request.Target switch
        {
            "/204" => "HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n",
            "/304" => "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
            "/head" => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
            "/chunked-head" => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            _ => "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid",
        }));
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var noContent = await client.Ask("GET /204 HTTP/1.1\r\nHost: payments\r\n\r\n");
        var notModified = await client.Ask("GET /304 HTTP/1.1\r\nHost: payments\r\n\r\n");
        var head = await client.Ask("HEAD /head HTTP/1.1\r\nHost: payments\r\n\r\n", head: true);
        var chunkedHead = await client.Ask("HEAD /chunked-head HTTP/1.1\r\nHost: payments\r\n\r\n", head: true);
        var last = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(noContent.Status, Is.EqualTo(204));
        Assert.That(noContent.Has("Content-Length") || noContent.Has("Transfer-Encoding"), Is.False, noContent.Head);
        Assert.That(notModified.Status, Is.EqualTo(304));
        Assert.That(notModified["ETag"], Is.EqualTo("\"x\""));
        Assert.That(head["Content-Length"], Is.EqualTo("1000"));
        Assert.That(chunkedHead.Status, Is.EqualTo(200));
        Assert.That(last.Body, Is.EqualTo("paid"));
    }

    [Test]
    public async Task A_body_that_ends_with_the_connection_is_passed_on_whole()
    {
        using var payments = Backend.BytesAndEnd("HTTP/1.1 200 OK\r\n\r\nall of it");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("all of it"));
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n")]
    public async Task A_truncated_response_does_not_look_complete(string answer)
    {
        using var payments = Backend.BytesAndEnd(answer);
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(
            async () => await client.ReadMessage(isResponse: true),
            Throws.InstanceOf<EndOfStreamException>().Or.InstanceOf<SocketException>());
    }

    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\nhalf")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 4, 5\r\n\r\nhalf")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nhalf!")]
    [TestCase("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [TestCase("garbage\r\n\r\n")]
    [TestCase("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    public async Task An_invalid_response_is_502(string bytes)
    {
        using var payments = Backend.BytesAndEnd(bytes);
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(502));
        Assert.That(answer["Proxy-Status"], Does.Contain("forwarded=?1"));
        Assert.That(payments.Executed, Is.EqualTo(1));
    }

    [Test]
    public async Task A_folded_response_line_is_502()
    {
        using var payments = Backend.Bytes("HTTP/1.1 200 OK\r\nX-Folded: one\r\n two\r\nContent-Length: 0\r\n\r\n");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That((answer.Status, answer["Proxy-Status"]), Is.EqualTo(
            (502, "gatewaymesh; error=http_protocol_error; forwarded=?1; reason=upstream_protocol; "
                + "details=\"folded field line\"")));
    }

    [Test]
    public async Task A_response_with_Content_Length_and_chunked_is_502()
    {
        using var payments = Backend.Bytes(
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npaid\r\n0\r\n\r\n");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That((answer.Status, answer["Proxy-Status"]), Is.EqualTo(
            (502, "gatewaymesh; error=http_protocol_error; forwarded=?1; reason=upstream_protocol; "
                + "details=\"Transfer-Encoding with Content-Length\"")));
    }

    [Test]
    public async Task Bytes_after_a_response_are_not_the_next_response()
    {
        using var payments = new Backend(
            (_, connection) =>
                connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaidHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"));
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 5; i++)
        {
            Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Body, Is.EqualTo("paid"));
        }
    }

    [Test]
    public async Task A_client_disconnect_ends_the_request_upstream()
    {
        using var silent = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(silent.HostPort);
        await using var _ = mesh;
        var client = await RawConnection.To(outbound);

        await client.Send("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        using var upstream = await silent.NextConnection();
        await upstream.ReadHead();
        client.Dispose();

        Assert.That(await upstream.IsEnded());
    }

    [Test]
    public async Task A_client_disconnect_within_the_body_makes_no_complete_request()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        var client = await RawConnection.To(outbound);

        await client.Send("POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        using var upstream = await payments.NextConnection();
        var request = new RawMessage(await upstream.ReadHead());
        client.Dispose();

        Assert.That(
            async () => await upstream.ReadChunksInto(request), Throws.InstanceOf<EndOfStreamException>().Or.InstanceOf<SocketException>());
    }

    [Test]
    public async Task A_malformed_request_chunk_is_400_and_makes_no_complete_request()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("POST / HTTP/1.1\r\nHost: payments\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n");
        using var upstream = await payments.NextConnection();
        var request = new RawMessage(await upstream.ReadHead());

        Assert.That(
            async () => await upstream.ReadChunksInto(request), Throws.InstanceOf<EndOfStreamException>().Or.InstanceOf<SocketException>());
        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task Expect_100_continue_is_forwarded_and_the_body_waits()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Send("POST / HTTP/1.1\r\nHost: payments\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        using var upstream = await payments.NextConnection();
        Assert.That(await upstream.ReadHead(), Does.Contain("Expect: 100-continue"));
        await upstream.Send("HTTP/1.1 100 Continue\r\n\r\n");
        Assert.That(await client.ReadHead(), Does.StartWith("HTTP/1.1 100"));
        await client.Send("body");
        Assert.That(await upstream.ReadBytes(4), Is.EqualTo("body"u8.ToArray()));
        await upstream.Send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.That((await client.ReadMessage(isResponse: true)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task An_application_that_rejects_an_expected_body_does_not_receive_the_body()
    {
        using var payments = Backend.Bytes("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        var answer = await client.Ask("POST / HTTP/1.1\r\nHost: payments\r\nExpect: 100-continue\r\nContent-Length: 2000\r\n\r\n");

        Assert.That(answer.Status, Is.EqualTo(401), "without a 100 before it");
    }
}
