using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Listeners;

/// <summary>
/// Size limits of request heads: configurable, reported by a status with our fields, and confined to one stream on HTTP/2.
/// </summary>
public class HeadLimitTests
{
    private static readonly LimitsSpec Small = new()
    {
        MaxRequestLineSize = 512,
        MaxRequestHeaderCount = 10,
        MaxRequestHeadersTotalSize = 2048,
    };

    [TestCase(ListenerKind.Outbound)]
    [TestCase(ListenerKind.Upstream)]
    [TestCase(ListenerKind.Ingress)]
    public async Task A_request_line_at_the_limit_passes_and_one_more_byte_is_414(ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Limited(payments.HostPort);
        var address = Open(mesh, kind);

        // "GET ", the target, " HTTP/1.1", and the line end.
        var good = await Ask(address, $"GET /{new string('x', 512 - 16)} HTTP/1.1\r\nHost: payments\r\n\r\n");
        var refused = await Ask(address, $"GET /{new string('x', 512 - 15)} HTTP/1.1\r\nHost: payments\r\n\r\n");

        Assert.That(good.Status, Is.EqualTo(200));
        Assert.That(refused.Status, Is.EqualTo(414));
        Assert.That(
            refused["Proxy-Status"],
            Is.EqualTo(
                "gatewaymesh; error=http_request_error; forwarded=?0; reason=request_line_too_long" + (
                    kind == ListenerKind.Ingress ? "" : "; details=\"limits.maxRequestLineSize\"")));
        Assert.That(refused.Body, Does.Contain("\"error\":\"request_line_too_long\""));
        Assert.That(payments.Executed, Is.EqualTo(1));
        Assert.That(mesh.Metrics(), Does.Contain("error=\"request_line_too_long\""));
    }

    [TestCase(ListenerKind.Outbound)]
    [TestCase(ListenerKind.Upstream)]
    [TestCase(ListenerKind.Ingress)]
    public async Task Fields_up_to_the_limit_pass_and_one_more_is_431(ListenerKind kind)
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Limited(payments.HostPort);
        var address = Open(mesh, kind);

        var good = await Ask(address, $"GET / HTTP/1.1\r\nHost: payments\r\n{Lines(9)}\r\n");
        var refused = await Ask(address, $"GET / HTTP/1.1\r\nHost: payments\r\n{Lines(10)}\r\n");
        var repeated = await Ask(
            address, $"GET / HTTP/1.1\r\nHost: payments\r\n{string.Concat(Enumerable.Repeat("x-same: 1\r\n", 10))}\r\n");

        Assert.That(good.Status, Is.EqualTo(200));
        Assert.That((refused.Status, repeated.Status), Is.EqualTo((431, 431)));
        Assert.That(
            refused["Proxy-Status"],
            kind == ListenerKind.Ingress
                ? Does.EndWith("forwarded=?0; reason=request_fields_too_large")
                : Does.Contain("limits.maxRequestHeaderCount"));
        Assert.That(refused.Body, Does.Contain("\"error\":\"request_fields_too_large\""));
        Assert.That(payments.Executed, Is.EqualTo(1));
        Assert.That(mesh.Metrics(), Does.Contain("error=\"request_fields_too_large\""));
    }

    [Test]
    public async Task Fields_beyond_the_size_limit_are_431_and_name_the_key()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Limited(payments.HostPort);

        var refused = await Ask(mesh.Outbound(), $"GET / HTTP/1.1\r\nHost: payments\r\nX: {new string('x', 2100)}\r\n\r\n");

        Assert.That(refused.Status, Is.EqualTo(431));
        Assert.That(refused["Proxy-Status"], Does.Contain("limits.maxRequestHeadersTotalSize"));
    }

    [TestCase(11, 1)]
    [TestCase(1, 2200)]
    public async Task On_HTTP_2_too_many_fields_are_431_on_their_stream_and_siblings_survive(int count, int size)
    {
        using var payments = new Backend();
        await using var mesh = await Limited(payments.HostPort);
        using var client = await H2Connection.To(mesh.Outbound());
        var sibling = await client.Request(Fields.Request("GET", "/", "payments"));
        using var call = await payments.NextConnection();
        await call.ReadMessage(isResponse: false);

        var refused = await client.Ask(
            Fields.Request("GET", "/", "payments", [.. Enumerable.Range(0, count).Select(i => ($"x-{i}", new string('x', size)))]));
        await call.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
        var answer = await client.ReadMessage();

        Assert.That((answer.Stream, answer.Status, answer.Body), Is.EqualTo((sibling, 200, "paid")));
        Assert.That(refused.Status, Is.EqualTo(431));
        Assert.That(refused["proxy-status"], Does.Contain("forwarded=?0"));
        Assert.That(refused.Body, Does.Contain("request_fields_too_large"));
        Assert.That(
            (await client.Ask(Fields.Request("GET", "/.well-known/gatewaymesh/live", "x"))).Status,
            Is.EqualTo(200),
            "the connection continues");
    }

    [Test]
    public async Task On_HTTP_2_a_long_path_is_414_on_its_stream_and_the_connection_continues()
    {
        await using var mesh = await Limited(new HostPort("127.0.0.1", 1));
        using var client = await H2Connection.To(mesh.Outbound());

        var refused = await client.Ask(Fields.Request("GET", "/" + new string('x', 600), "payments"));

        Assert.That(refused.Status, Is.EqualTo(414));
        Assert.That(refused["proxy-status"], Does.Contain("limits.maxRequestLineSize"));
        Assert.That((await client.Ask(Fields.Request("GET", "/.well-known/gatewaymesh/live", "x"))).Status, Is.EqualTo(200));
    }

    [TestCase("http")]
    [TestCase("http2")]
    public async Task A_request_at_every_limit_passes_all_hops_although_each_adds_fields_of_its_own(string protocol)
    {
        using var payments = protocol == "http" ? Backend.Answering("paid") : null;
        using var payments2 = protocol == "http" ? null : H2Backend.Answering("paid");
        await using var callee = await Mesh.Start(options => options with { Limits = Small });
        var inbound = callee.Inbound(payments?.HostPort ?? payments2!.HostPort, "payments", protocol);
        await using var gateway = await Mesh.Start(options => options with { RoleName = "gateway", Limits = Small });
        gateway.Service("payments", new HostPort("127.0.0.1", inbound.Port));
        var carrying = gateway.Open(ListenerKind.Mesh, "mesh");
        await using var caller = await Mesh.Start(options => options with { Limits = Small, GatewayShare = 1 });
        caller.Service("payments", new HostPort("127.0.0.1", inbound.Port)).Gateway(new HostPort("127.0.0.1", carrying.Port));

        // Ten lines, and as many bytes as fit: Host, Content-Length, and eight client fields.
        var client = $"POST /{new string('x', 512 - 17)} HTTP/1.1\r\nHost: payments\r\nContent-Length: 2\r\n{Lines(8, 200)}\r\nhi";
        var answer = await Ask(caller.Outbound(), client);

        Assert.That((answer.Status, answer.Body), Is.EqualTo((200, "paid")));
        Assert.That(gateway.Plane.Inspection.Figures.Total, Is.EqualTo(1), "the request used the gateway");
    }

    [Test]
    public async Task A_server_with_a_limit_above_a_megabyte_starts()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start(
            options => options with { Limits = new LimitsSpec { MaxRequestHeadersTotalSize = 2 * 1024 * 1024 } });
        mesh.BareService("payments", payments.HostPort);

        Assert.That((await Ask(mesh.Outbound(), $"GET / HTTP/1.1\r\nHost: payments\r\n{Lines(60, 20_000)}\r\n")).Status, Is.EqualTo(200));
    }

    private static async Task<Mesh> Limited(HostPort payments) =>
        (await Mesh.Start(options => options with { Limits = Small })).BareService("payments", payments);

    private static IPEndPoint Open(Mesh mesh, ListenerKind kind)
    {
        var address = mesh.Open(kind, kind.ToString(), spec => spec with { Service = "web", Upstream = "payments" });
        if (kind == ListenerKind.Ingress)
        {
            mesh.Ingress(address.Port, ("*", "payments"));
        }

        return address;
    }

    private static string Lines(int count, int size = 1) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $"x-{i}: {new string('x', size)}\r\n"));

    private static async Task<RawMessage> Ask(IPEndPoint address, string request)
    {
        using var client = await RawConnection.To(address);
        return await client.Ask(request);
    }
}
