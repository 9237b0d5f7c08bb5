using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Http2;

/// <summary>Heads between the two protocols: RFC 9113 §8.2 and §8.3, and the duties of an intermediary.</summary>
public class FieldTests
{
    [Test]
    public async Task Pseudo_fields_become_the_request_line_and_Host()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        await client.Ask(Fields.Request("PUT", "/a%2Fb//c?x=%41&y", "payments.mesh:80", ("x-one", "1")), "body");

        Assert.That(payments.Last.StartLine, Is.EqualTo("PUT /a%2Fb//c?x=%41&y HTTP/1.1"), "path and query byte for byte");
        Assert.That(payments.Last.Values("Host"), Is.EqualTo(["payments.mesh:80"]));
        Assert.That(payments.Last.Head, Does.Not.Contain(":authority").And.Not.Contain(":path"));
        Assert.That(payments.Last["x-one"], Is.EqualTo("1"));
        Assert.That(payments.Last.Body, Is.EqualTo("body"));
    }

    [Test]
    public async Task The_request_line_and_Host_become_pseudo_fields()
    {
        using var payments = H2Backend.Answering("paid");
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http2");
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask("PUT /a%2Fb//c?x=%41&y HTTP/1.1\r\nHost: payments.mesh:80\r\nContent-Length: 4\r\n\r\nbody");

        Assert.That(payments.Last[":method"], Is.EqualTo("PUT"));
        Assert.That(payments.Last[":path"], Is.EqualTo("/a%2Fb//c?x=%41&y"));
        Assert.That(payments.Last[":authority"], Is.EqualTo("payments.mesh:80"));
        Assert.That(payments.Last[":scheme"], Is.EqualTo("http"));
        Assert.That(payments.Last["host"], Is.Null);
        Assert.That(payments.Last["content-length"], Is.EqualTo("4"));
        Assert.That(payments.Last.Body, Is.EqualTo("body"));
    }

    [Test]
    public async Task Connection_specific_fields_do_not_reach_HTTP_2()
    {
        using var payments = H2Backend.Answering("paid");
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http2");
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask(
            "POST / HTTP/1.1\r\nHost: payments\r\nKeep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\nTransfer-Encoding: "
                + "chunked\r\nX-Kept: 1\r\n\r\n4\r\nbody\r\n0\r\n\r\n");

        string[] connectionSpecific = ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];
        Assert.That(payments.Last.Head.Select(field => field.Name).Intersect(connectionSpecific), Is.Empty, $"{payments.Last.Head}");
        Assert.That(payments.Last["x-kept"], Is.EqualTo("1"));
        Assert.That(payments.Last.Body, Is.EqualTo("body"), "without a length, and whole");
    }

    [Test]
    public async Task Connection_specific_response_fields_do_not_reach_HTTP_2()
    {
        using var payments = Backend.Bytes(
            "HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nX-Kept: 1\r\nTransfer-Encoding: "
                + "chunked\r\n\r\n4\r\npaid\r\n0\r\n\r\n");
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var answer = await client.Ask(Fields.Request("GET", "/", "payments"));

        Assert.That(
            answer.Head.Select(field => field.Name).Intersect(["connection", "keep-alive", "transfer-encoding", "x-hop"]),
            Is.Empty,
            $"{answer.Head}");
        Assert.That(answer["x-kept"], Is.EqualTo("1"));
        Assert.That(answer["via"], Is.EqualTo("1.1 host-a-sidecar, 2.0 host-a-sidecar"));
        Assert.That(answer.Body, Is.EqualTo("paid"));
    }

    [TestCase("connection", "close")]
    [TestCase("keep-alive", "5")]
    [TestCase("transfer-encoding", "chunked")]
    [TestCase("te", "gzip")]
    [TestCase("upgrade", "websocket")]
    [TestCase("proxy-connection", "keep-alive")]
    [TestCase("X-Upper", "case")]
    public async Task A_request_with_a_field_that_HTTP_2_forbids_is_malformed(string name, string value)
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        await client.Request(Fields.Request("GET", "/", "payments", (name, value)));
        var answer = await client.Read();

        Assert.That(
            answer.Type == FrameType.Headers ? Hpack.Decode(answer.Payload).Status : answer.ErrorCode,
            Is.EqualTo(answer.Type == FrameType.Headers ? 400 : 1),
            "400, or PROTOCOL_ERROR");
        Assert.That(payments.Executed, Is.Zero);
    }

    [Test]
    public async Task TE_trailers_is_the_only_member_of_TE_that_is_passed_on()
    {
        using var payments = H2Backend.Answering("paid");
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http2");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);
        using var http1 = await RawConnection.To(outbound);

        await client.Ask(Fields.Request("GET", "/", "payments", ("te", "trailers")));
        Assert.That(payments.Last["te"], Is.EqualTo("trailers"));
        await client.Ask(Fields.Request("GET", "/", "payments"));
        Assert.That(payments.Last["te"], Is.Null);
        await http1.Ask("GET / HTTP/1.1\r\nHost: payments\r\nTE: trailers, gzip;q=0.5\r\nConnection: TE\r\n\r\n");
        Assert.That(payments.Last["te"], Is.EqualTo("trailers"));
    }

    [Test]
    public async Task Cookie_crumbs_are_joined_for_HTTP_1()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        await client.Ask(Fields.Request("GET", "/", "payments", ("cookie", "a=1"), ("cookie", "b=2"), ("cookie", "c=3")));

        Assert.That(payments.Last.Values("Cookie"), Is.EqualTo(["a=1; b=2; c=3"]));
    }

    [Test]
    public async Task Fields_of_one_name_keep_their_order()
    {
        using var payments = H2Backend.Answering("paid", null, ("set-cookie", "a=1"), ("set-cookie", "b=2"));
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http2");
        await using var _ = mesh;
        using var http1 = await RawConnection.To(outbound);
        using var http2 = await H2Connection.To(outbound);

        Assert.That((await http1.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n")).Values("Set-Cookie"), Is.EqualTo(["a=1", "b=2"]));
        Assert.That((await http2.Ask(Fields.Request("GET", "/", "payments"))).Head.Values("set-cookie"), Is.EqualTo(["a=1", "b=2"]));
    }

    [Test]
    public async Task HEAD_204_and_304_have_no_body_either_way()
    {
        using var payments = H2Backend.HeadOnly((":status", "204"), ("x-a", "b"));
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http2");
        await using var _ = mesh;
        using var http1 = await RawConnection.To(outbound);
        using var http2 = await H2Connection.To(outbound);

        var one = await http1.Ask("GET / HTTP/1.1\r\nHost: payments\r\n\r\n");
        Assert.That(one.Status, Is.EqualTo(204));
        Assert.That(one.Has("Content-Length") || one.Has("Transfer-Encoding"), Is.False, one.Head);
        var two = await http2.Ask(Fields.Request("GET", "/", "payments"));
        Assert.That((two.Status, two.EndedByHead), Is.EqualTo((204, true)));

        using var files = Backend.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        mesh.BareService("files", files.HostPort);
        var head = await http2.Ask(Fields.Request("HEAD", "/", "files"));
        Assert.That((head["content-length"], head.EndedByHead, head.Body), Is.EqualTo(("1000", true, "")));
        using var fresh = Backend.Bytes("HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n");
        mesh.BareService("fresh", fresh.HostPort);
        var notModified = await http2.Ask(Fields.Request("GET", "/", "fresh"));
        Assert.That((notModified.Status, notModified["etag"], notModified.EndedByHead), Is.EqualTo((304, "\"x\"", true)));
    }

    [Test]
    public async Task Response_trailers_pass_between_HTTP_2_ends()
    {
        using var payments = H2Backend.Answering(
            "paid",
            Fields.Of(("x-sum", "1"), ("gatewaymesh-hops", "7"), ("proxy-status", "gatewaymesh; error=connection_refused; forwarded=?0")),
            ("trailer", "x-sum"));
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http2");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var answer = await client.Ask(Fields.Request("GET", "/", "payments"));

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(answer.Trailers, Is.EqualTo(Fields.Of(("x-sum", "1"))), "nothing in the mesh's own name");
    }

    [Test]
    public async Task HTTP_1_response_trailers_reach_an_HTTP_2_client()
    {
        using var payments = Backend.Bytes(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n4\r\npaid\r\n0\r\nX-Sum: 1\r\n\r\n");
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        Assert.That((await client.Ask(Fields.Request("GET", "/", "payments"))).Trailers?["x-sum"], Is.EqualTo("1"));
    }

    [Test]
    public async Task A_mesh_error_is_a_response_on_the_stream_and_the_connection_continues()
    {
        await using var mesh = await Mesh.Start();
        using var client = await H2Connection.To(mesh.Outbound());

        var unknown = await client.Ask(Fields.Request("GET", "/", "nobody"));
        var connect = await client.Ask(Fields.Of((":method", "CONNECT"), (":authority", "payments:443")));
        var live = await client.Ask(Fields.Request("GET", "/.well-known/gatewaymesh/live", "x"));

        Assert.That(unknown.Status, Is.EqualTo(404));
        Assert.That(unknown["proxy-status"], Does.Contain("destination_not_found").And.Contain("forwarded=?0"));
        Assert.That(unknown["connection"], Is.Null);
        Assert.That(connect.Status, Is.EqualTo(405));
        Assert.That(live.Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Expect_100_continue_is_answered_on_HTTP_2()
    {
        using var payments = new Backend();
        var (mesh, outbound) = await PriorKnowledgeTests.Sidecars(payments.HostPort, "http");
        await using var _ = mesh;
        using var client = await H2Connection.To(outbound);

        var stream = await client.Request(
            Fields.Request("POST", "/", "payments", ("expect", "100-continue"), ("content-length", "4")), end: false);
        using var application = await payments.NextConnection();
        Assert.That(await application.ReadHead(), Does.Contain("Expect: 100-continue"));
        await application.Send("HTTP/1.1 100 Continue\r\n\r\n");
        Assert.That((await client.ReadHead()).Fields.Status, Is.EqualTo(100));
        await client.Data(stream, "body", end: true);
        Assert.That(await application.ReadBytes(4), Is.EqualTo("body"u8.ToArray()));
        await application.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
        var answer = await client.ReadMessage();

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
    }
}
