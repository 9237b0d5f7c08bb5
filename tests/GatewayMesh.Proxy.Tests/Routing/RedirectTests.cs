using System.Net;
using GatewayMesh.Certificates.Handshakes;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Proxy.Tests.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Routing;

/// <summary>Redirects and rewrites by route, with the parts and meaning of the Gateway API.</summary>
internal sealed class RedirectTests
{
    private static IEnumerable<TestCaseData> Redirects()
    {
        static TestCaseData Case(RequestRedirect redirect, string target, int status, string location) =>
            new(redirect, target, status, location);
        var prefix = new PathChange { ReplacePrefixMatch = "/new" };
        yield return Case(new() { Scheme = "https" }, "/v1/x?q=1", 302, "https://web/v1/x?q=1");
        yield return Case(new() { Hostname = "other.test", StatusCode = 301 }, "/v1", 301, "http://other.test:8080/v1");
        yield return Case(new() { Port = 8443, Scheme = "https", StatusCode = 308 }, "/v1", 308, "https://web:8443/v1");
        yield return Case(new() { Port = 80 }, "/v1", 302, "http://web/v1");
        yield return Case(new() { Scheme = "https", Path = prefix }, "/v1/x?q=1", 302, "https://web/new/x?q=1");
        yield return Case(new() { Scheme = "https", Path = prefix }, "/v1", 302, "https://web/new");
        yield return Case(new() { Scheme = "https", Path = new() { ReplaceFullPath = "/gone" } }, "/v1/x?q=1", 302, "https://web/gone?q=1");
    }

    [TestCaseSource(nameof(Redirects))]
    public async Task A_route_redirects(RequestRedirect redirect, string target, int status, string location)
    {
        using var backend = Backend.Answering("ok");
        var response = await Ask(
            backend, Routes.Prefix("/v1"), new RouteAction { RequestRedirect = redirect }, $"GET {target} HTTP/1.1\r\nHost: web:8080\r\n\r\n");

        Assert.That((response.Status, response["Location"], backend.Executed), Is.EqualTo((status, location, 0)));
    }

    [TestCase("/v1", "/", "/v1/x", "/x")]
    [TestCase("/v1", "/", "/v1", "/")]
    [TestCase("/v1/", "/", "/v1/x", "/x")]
    [TestCase("/v1", "/v2/", "/v1/x?q=1", "/v2/x?q=1")]
    [TestCase("/v1/", "/v2", "/v1/x", "/v2/x")]
    [TestCase("/v1", "/v2", "/v1/", "/v2/")]
    public async Task A_route_rewrites_host_and_prefix(string matched, string to, string target, string expected)
    {
        using var backend = Backend.Answering("ok");
        var rewrite = new UrlRewrite { Hostname = "inner.test", Path = new PathChange { ReplacePrefixMatch = to } };
        await Ask(backend, Routes.Prefix(matched), new RouteAction { UrlRewrite = rewrite }, $"GET {target} HTTP/1.1\r\nHost: web\r\n\r\n");

        Assert.That((backend.Last.Target, backend.Last["Host"]), Is.EqualTo((expected, "inner.test")));
    }

    [TestCase("X-Forwarded-Proto: https\r\n", "https://web/new", Description = "a proxy in front ends TLS")]
    [TestCase("X-Forwarded-Proto: http\r\n", "http://web/new")]
    [TestCase("", "http://web/new")]
    public async Task A_redirect_at_the_edge_keeps_the_scheme_that_a_trusted_proxy_names(string fields, string location)
    {
        using var backend = Backend.Answering("ok");
        await using var mesh = await Mesh.Start(options => options with { TrustedProxies = [IPNetwork.Parse("127.0.0.0/8")] });
        Redirecting(mesh, backend);
        var address = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Ingress(address.Port, ("*", "web"));
        using var client = await RawConnection.To(address);

        var response = await client.Ask($"GET /old HTTP/1.1\r\nHost: web\r\n{fields}\r\n");

        Assert.That((response.Status, response["Location"]), Is.EqualTo((302, location)));
    }

    [Test]
    public async Task A_gateway_that_stands_in_redirects_like_the_sidecar()
    {
        using var backend = Backend.Answering("ok");
        await using var certified = new CertifiedMesh();
        var gateway = await certified.Plane("gateway", ["gatewaymesh-gateway"]);
        var sidecar = await certified.Plane("sidecar", ["web"]);
        Redirecting(gateway, backend);
        Redirecting(sidecar, backend);
        using var tunnel = await CertifiedMesh.As(
            certified.Authority.Issue("web"), CertifiedMesh.MeshListener(gateway), ProtocolNames.Tunnel);
        await tunnel.Send(new TunnelHello("web", null, "host-a", "1").ToBytes());
        await TunnelTests.Answer(tunnel);
        using var client = await RawConnection.To(sidecar.Outbound());
        const string Request = "GET /old HTTP/1.1\r\nHost: web\r\n\r\n";

        var carried = await tunnel.Ask(Request);

        Assert.That((carried.Status, carried["Location"]), Is.EqualTo((302, "http://web/new")));
        Assert.That((await client.Ask(Request))["Location"], Is.EqualTo(carried["Location"]));
    }

    [Test]
    public async Task A_redirect_cannot_be_led_elsewhere_by_the_host_field()
    {
        using var backend = Backend.Answering("ok");
        var response = await Ask(
            backend,
            Routes.Prefix("/"),
            new RouteAction { RequestRedirect = new RequestRedirect { Scheme = "https" } },
            "GET / HTTP/1.1\r\nHost: web:80@evil.test\r\n\r\n");

        Assert.That((response.Status, response.Has("Location")), Is.EqualTo((400, false)).Or.EqualTo((404, false)));
    }

    private static void Redirecting(Mesh mesh, Backend backend) =>
        mesh.Service("payments", backend.HostPort).Route("web", Routes.Router(
            Routes.Resolver("other", backend.HostPort),
            (
                Routes.Prefix("/old"),
                new RouteAction { RequestRedirect = new RequestRedirect { Path = new PathChange { ReplaceFullPath = "/new" } } },
                Routes.Resolver("payments", backend.HostPort))));

    private static async Task<RawMessage> Ask(Backend backend, RouteMatch match, RouteAction action, string request)
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", backend.HostPort).Route("web", Routes.Router(
            Routes.Resolver("other", backend.HostPort), (match, action, Routes.Resolver("payments", backend.HostPort))));
        using var client = await RawConnection.To(mesh.Open(ListenerKind.Outbound, "outbound/web"));
        return await client.Ask(request);
    }
}
