using System.Net;
using System.Net.Sockets;
using System.Text;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Edge;

public class OutsideTests
{
    private const string Forged =
        "gatewaymesh-source: web\r\nGatewayMesh-Source: web\r\nGATEWAYMESH-DESTINATION: payments\r\n"
        + "Client-Cert: :forged:\r\nClient_Cert_Chain: :forged:\r\nX-Forwarded-Client-Cert: forged\r\nx-forwarded-CLIENT-cert: "
            + "forged\r\nX_Forwarded_Client_Cert: forged\r\nProxy-Status: gatewaymesh; error=forged\r\n"
        + "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 203.0.113.10\r\nX_Forwarded_For: 203.0.113.11\r\nX-Forwarded-Proto: "
            + "gopher\r\nX-Forwarded-Host: forged.example\r\n"
        + "X-Forwarded-Port: 99\r\nX-Forwarded-Prefix: /forged\r\nForwarded: for=203.0.113.9;host=forged.example\r\nX-Real-IP: "
            + "203.0.113.9\r\n";

    [Test]
    public async Task Outside_clients_can_neither_name_the_caller_nor_impersonate_the_mesh()
    {
        using var application = Backend.Answering("paid");
        await using var edge = await PublicMesh.Start(application);
        using var client = await RawConnection.To(edge.Address);

        Assert.That((await client.Ask($"GET / HTTP/1.1\r\nHost: shop.example\r\n{Forged}X-Mine: kept\r\n\r\n")).Body, Is.EqualTo("paid"));

        Assert.That(
            edge.Last.Head,
            Does.Not.Contain("forged")
                .And.Not.Contain("203.0.113")
                .And.Not.Contain("gatewaymesh")
                .IgnoreCase.And.Not.Contain("gopher")
                .And.Not.Contain("Port: 99"));
        Assert.That(edge.Last.Values("X-Forwarded-For"), Is.EqualTo(new[] { "127.0.0.1" }));
        Assert.That(edge.Last.Values("X-Forwarded-Proto"), Is.EqualTo(new[] { "http" }));
        Assert.That(edge.Last.Values("X-Forwarded-Host"), Is.EqualTo(new[] { "shop.example" }));
        Assert.That(edge.Last["X-Mine"], Is.EqualTo("kept"));
    }

    [Test]
    public async Task Outside_clients_cannot_impersonate_the_mesh_over_HTTP_2()
    {
        using var application = Backend.Answering("paid");
        await using var edge = await PublicMesh.Start(application);
        using var client = await H2Connection.To(edge.Address);
        var fields = Forged.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (line.Split(": ")[0].ToLowerInvariant(), line.Split(": ")[1]))
            .ToArray();

        Assert.That((await client.Ask(Fields.Request("GET", "/", "shop.example", fields))).Body, Is.EqualTo("paid"));

        Assert.That(edge.Last.Head, Does.Not.Contain("forged").And.Not.Contain("203.0.113").And.Not.Contain("gatewaymesh").IgnoreCase);
    }

    [Test]
    public async Task Outside_clients_cannot_impersonate_the_mesh_in_trailers()
    {
        using var application = Backend.Answering("paid");
        await using var edge = await PublicMesh.Start(application);
        using var client = await RawConnection.To(edge.Address);

        var answer = await client.Ask(
            "POST / HTTP/1.1\r\nHost: shop.example\r\nTransfer-Encoding: chunked\r\nTrailer: "
                + "gatewaymesh-source\r\n\r\n1\r\nx\r\n0\r\ngatewaymesh-source: forged\r\nX-Forwarded-Client-Cert: forged\r\n\r\n");

        Assert.That(answer.Body, Is.EqualTo("paid"));
        Assert.That(
            edge.Last.Head + string.Concat(edge.Last.Trailers), Does.Not.Contain("forged").And.Not.Contain("gatewaymesh").IgnoreCase);
    }

    [Test]
    public async Task Responses_to_outside_clients_contain_no_mesh_fields()
    {
        using var application = Backend.Answering(
            "paid", "gatewaymesh-source: payments\r\nGatewayMesh-Node: host-a\r\nX-Forwarded-Client-Cert: mirrored\r\nX-Mine: kept\r\n");
        await using var edge = await PublicMesh.Start(application);
        using var client = await RawConnection.To(edge.Address);
        using var http2 = await H2Connection.To(edge.Address);

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
        var second = await http2.Ask(Fields.Request("GET", "/", "shop.example"));

        Assert.That(answer.Head, Does.Not.Contain("gatewaymesh-").IgnoreCase.And.Not.Contain("mirrored").And.Contain("X-Mine: kept"));
        Assert.That(second.Head.ToString(), Does.Not.Contain("gatewaymesh-").IgnoreCase.And.Not.Contain("mirrored"));
    }

    [Test]
    public async Task A_trusted_proxy_may_name_clients_but_not_their_certificates()
    {
        using var application = Backend.Answering("paid");
        await using var edge = (await PublicMesh.Start(application)).With(listener => listener, "127.0.0.0/8");
        using var client = await RawConnection.To(edge.Address);

        await client.Ask(
            "GET / HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nForwarded: "
                + "for=203.0.113.9;proto=https\r\nX-Forwarded-Client-Cert: forged\r\ngatewaymesh-source: forged\r\n\r\n");

        Assert.That(edge.Last["X-Forwarded-For"], Is.EqualTo("203.0.113.9, 127.0.0.1"));
        Assert.That(edge.Last["X-Forwarded-Proto"], Is.EqualTo("https"));
        Assert.That(edge.Last["Forwarded"], Is.EqualTo("for=203.0.113.9;proto=https, for=127.0.0.1"));
        Assert.That(edge.Last.Head, Does.Not.Contain("forged"));
    }

    [TestCase("PROXY TCP4 203.0.113.9 198.51.100.1 56324 443\r\n", "203.0.113.9")]
    [TestCase("PROXY TCP6 2001:db8::9 2001:db8::1 56324 443\r\n", "2001:db8::9")]
    [TestCase("PROXY UNKNOWN\r\n", "127.0.0.1")]
    public async Task A_trusted_TCP_proxy_names_the_client(string header, string expected)
    {
        using var application = Backend.Answering("paid");
        await using var edge = (await PublicMesh.Start(application)).With(
            listener => listener with { ProxyProtocol = true }, "127.0.0.0/8");
        using var client = await RawConnection.To(edge.Address);

        foreach (var one in Encoding.ASCII.GetBytes(header))
        {
            await client.Send(new[] { one });
        }

        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\nX-Forwarded-For: forged\r\n\r\n")).Body, Is.EqualTo("paid"));
        Assert.That(edge.Last["X-Forwarded-For"], Is.EqualTo(expected), "the client's own field is not trusted");
    }

    [Test]
    public async Task A_trusted_TCP_proxy_may_use_version_2_with_fields_before_TLS()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.IssueFor(["shop.example"]);
        using var application = Backend.Answering("paid");
        await using var edge = await PublicMesh.Start(application);
        edge.With(
            listener => listener with
            {
                ProxyProtocol = true,
                Tls = new IngressTlsSpec { Certificates = [edge.Write("shop", certificate)] },
            },
            "127.0.0.0/8");
        var header = ProxyHeaderTests.V2(0x21, 0x11, [203, 0, 113, 9, 198, 51, 100, 1, 0xdc, 4, 1, 0xbb, 5, 0, 2, 7, 7]);
        using var client = await RawConnection.ToTls(edge.Address, before: header);

        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n")).Body, Is.EqualTo("paid"));
        Assert.That(edge.Last["X-Forwarded-For"], Is.EqualTo("203.0.113.9"));
        Assert.That(edge.Last["X-Forwarded-Proto"], Is.EqualTo("https"));
    }

    [TestCase("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n", TestName = "no-header")]
    [TestCase("PROXY TCP4 1 2 3 4\r\nGET / HTTP/1.1\r\nHost: shop.example\r\n\r\n", TestName = "malformed-header")]
    [TestCase("\r\n\r\n\0\r\nQUIT\n\u0031\u0011\0\u000c", TestName = "version-3")]
    public async Task A_trusted_proxy_without_a_PROXY_header_is_closed(string bytes)
    {
        using var application = Backend.Answering("paid");
        await using var edge = (await PublicMesh.Start(application)).With(
            listener => listener with { ProxyProtocol = true }, "127.0.0.0/8");
        using var client = await RawConnection.To(edge.Address);

        await client.Send(bytes);

        Assert.That(await client.IsEnded());
        Assert.That(application.Executed, Is.Zero);
        Assert.That(() => edge.Metrics(), Does.Contain("gatewaymesh_connections_refused_total{reason=\"proxy_header\"} 1").After(5000, 20));
    }

    [Test]
    public async Task A_trusted_proxy_that_breaks_off_or_stalls_is_closed()
    {
        using var application = Backend.Answering("paid");
        await using var edge = (
            await PublicMesh.Start(
                application,
                new LimitsSpec { RequestHeadersTimeout = TimeSpan.FromMilliseconds(100) })).With(
                    listener => listener with { ProxyProtocol = true }, "127.0.0.0/8");
        using var ends = await RawConnection.To(edge.Address);
        using var stands = await RawConnection.To(edge.Address);

        await ends.Send("PROXY TCP4");
        ends.Socket.Shutdown(SocketShutdown.Send);
        await stands.Send("PROXY TCP4");

        Assert.That(await ends.IsEnded());
        Assert.That(await stands.IsEnded());
    }

    [Test]
    public async Task A_PROXY_header_from_an_untrusted_peer_is_rejected_as_invalid_HTTP()
    {
        using var application = Backend.Answering("paid");
        await using var edge = (await PublicMesh.Start(application)).With(listener => listener with { ProxyProtocol = true }, "10.0.0.0/8");
        using var liar = await RawConnection.To(edge.Address);
        using var plain = await RawConnection.To(edge.Address);

        await liar.Send("PROXY TCP4 203.0.113.9 198.51.100.1 56324 443\r\nGET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
        Assert.That((await liar.ReadMessage(isResponse: true)).Status, Is.EqualTo(400));
        Assert.That((await plain.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n")).Body, Is.EqualTo("paid"));
        Assert.That(edge.Last["X-Forwarded-For"], Is.EqualTo("127.0.0.1"));
        Assert.That(application.Executed, Is.EqualTo(1));
    }

    [Test]
    public async Task Connections_per_address_are_limited()
    {
        using var application = Backend.Answering("paid");
        await using var edge = await PublicMesh.Start(application, new LimitsSpec { MaxConnectionsPerAddress = 2 });
        var first = await RawConnection.To(edge.Address);
        using var second = await RawConnection.To(edge.Address);
        await first.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");
        await second.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n");

        Assert.That(await IsServed(edge), Is.False);
        Assert.That(
            () => edge.Metrics(), Does.Contain("gatewaymesh_connections_refused_total{reason=\"address_limit\"} 1").After(5000, 20));
        Assert.That(
            (await second.Ask("GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n")).Body, Is.EqualTo("paid"), "existing connections continue");
        first.Dispose();
        Assert.That(async () => await IsServed(edge), Is.True.After(5000, 50), "a closed connection frees its slot");
    }

    [Test]
    public async Task Clients_behind_a_trusted_proxy_are_counted_by_their_own_addresses()
    {
        using var application = Backend.Answering("paid");
        await using var edge = (
            await PublicMesh.Start(application, new LimitsSpec { MaxConnectionsPerAddress = 1 })).With(
                listener => listener with { ProxyProtocol = true }, "127.0.0.0/8");

        using var one = await From("203.0.113.9");
        using var two = await From("203.0.113.10");
        Assert.That(await IsServed(edge, "PROXY TCP4 203.0.113.9 198.51.100.1 1 443\r\n"), Is.False);

        async Task<RawConnection> From(string address)
        {
            var connection = await RawConnection.To(edge.Address);
            Assert.That(
                (await connection.Ask($"PROXY TCP4 {address} 198.51.100.1 1 443\r\nGET / HTTP/1.1\r\nHost: shop.example\r\n\r\n")).Body,
                Is.EqualTo("paid"));
            return connection;
        }
    }

    [TestCase("/a//b", "/a/b")]
    [TestCase("/a/b/../c", "/a/c")]
    [TestCase("/public/%2e%2e/admin", "/admin")]
    [TestCase("/a/./b?x=//", "/a/b?x=//")]
    public async Task A_path_reaches_the_application_in_normal_form(string path, string expected)
    {
        using var application = Backend.Answering("paid");
        await using var edge = await PublicMesh.Start(application);
        using var http1 = await RawConnection.To(edge.Address);
        using var http2 = await H2Connection.To(edge.Address);

        await http1.Ask($"GET {path} HTTP/1.1\r\nHost: shop.example\r\n\r\n");
        Assert.That(edge.Last.Target, Is.EqualTo(expected));
        await http1.Ask($"GET http://shop.example{path} HTTP/1.1\r\nHost: shop.example\r\n\r\n");
        Assert.That(edge.Last.Target, Is.EqualTo(expected), "in absolute form");
        await http2.Ask(Fields.Request("GET", path, "shop.example"));
        Assert.That(edge.Last.Target, Is.EqualTo(expected), "over HTTP/2");
    }

    [TestCase("/a%2fb")]
    [TestCase("/a%5Cb")]
    [TestCase("/a%00b")]
    [TestCase("/a%")]
    [TestCase("/public/..;/admin")]
    public async Task An_ambiguous_path_is_400(string path)
    {
        using var application = Backend.Answering("paid");
        await using var edge = await PublicMesh.Start(application);
        using var client = await RawConnection.To(edge.Address);
        using var http2 = await H2Connection.To(edge.Address);

        Assert.That((await client.Ask($"GET {path} HTTP/1.1\r\nHost: shop.example\r\n\r\n")).Status, Is.EqualTo(400));
        await http2.Request(Fields.Request("GET", path, "shop.example"));
        var answer = await http2.Read();
        Assert.That(answer.Type == FrameType.RstStream || Hpack.Decode(answer.Payload).Status == 400, answer.ToString());
        Assert.That(application.Executed, Is.Zero);
    }

    [Test]
    public async Task An_ingress_may_reject_or_pass_on_paths_that_are_not_normal()
    {
        using var application = Backend.Answering("paid");
        await using var edge = (await PublicMesh.Start(application)).With(listener => listener with { Paths = PathSpelling.Reject });
        using (var client = await RawConnection.To(edge.Address))
        {
            Assert.That((await client.Ask("GET /a/b HTTP/1.1\r\nHost: shop.example\r\n\r\n")).Status, Is.EqualTo(200));
            Assert.That((await client.Ask("GET /a//b HTTP/1.1\r\nHost: shop.example\r\n\r\n")).Status, Is.EqualTo(400));
        }

        edge.With(listener => listener with { Paths = PathSpelling.Off });
        using var again = await RawConnection.To(edge.Address);
        Assert.That((await again.Ask("GET /a//b%2f HTTP/1.1\r\nHost: shop.example\r\n\r\n")).Status, Is.EqualTo(200));
        Assert.That(edge.Last.Target, Is.EqualTo("/a//b%2f"));
    }

    private static async Task<bool> IsServed(PublicMesh edge, string before = "")
    {
        try
        {
            using var client = await RawConnection.To(edge.Address);
            return (await client.Ask(before + "GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n")).Body == "paid";
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            return false;
        }
    }
}
