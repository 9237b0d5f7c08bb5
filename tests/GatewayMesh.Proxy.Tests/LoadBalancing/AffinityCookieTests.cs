using System.Net;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

/// <summary>Cookies that a resolver's <c>CookieConfig</c> makes for clients without one.</summary>
public sealed class AffinityCookieTests
{
    private const string Hour = "^stick=\"([0-9a-f]{16})\"; Max-Age=3600; Path=/shop; HttpOnly$";

    private static readonly HashCookie AnHour = new(TimeSpan.FromHours(1), "/shop");

    [TestCase(ListenerKind.Outbound)]
    [TestCase(ListenerKind.Ingress)]
    public async Task A_client_without_the_cookie_gets_one_and_stays_at_its_instance(ListenerKind kind)
    {
        using var instances = new Http1Instances();
        await using var mesh = await Mesh.Start();
        mesh.Service("shop", Sticky(AnHour), instances.HostPorts);
        var address = Open(mesh, kind);
        var (values, served) = (new HashSet<string>(), new HashSet<string>());
        for (var i = 0; i < 24; i++)
        {
            using var client = await RawConnection.To(address);
            var first = await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n");

            Assert.That(first.Values("Set-Cookie"), Has.Count.EqualTo(2));
            Assert.That(first.Values("Set-Cookie")[0], Is.EqualTo("own=1; Secure"), "the application's own stays");
            var value = System.Text.RegularExpressions.Regex.Match(first.Values("Set-Cookie")[1], Hour).Groups[1].Value;
            Assert.That(value, Has.Length.EqualTo(16), first.Values("Set-Cookie")[1]);
            foreach (var sent in (string[])[$"stick=\"{value}\"", $"a=b; stick={value}", $"stick=\"{value}\"; own=1"])
            {
                var next = await client.Ask($"GET / HTTP/1.1\r\nHost: shop\r\nCookie: {sent}\r\n\r\n");
                Assert.That((next.Body, next.Values("Set-Cookie")), Is.EqualTo((first.Body, new[] { "own=1; Secure" })));
            }

            values.Add(value);
            served.Add(first.Body);
        }

        Assert.That(values, Has.Count.EqualTo(24), "each client has its own");
        Assert.That(served, Has.Count.EqualTo(3), "and the clients are spread");
    }

    [TestCase(ListenerKind.Outbound)]
    [TestCase(ListenerKind.Ingress)]
    public async Task The_cookie_is_made_on_HTTP_2(ListenerKind kind)
    {
        using var one = H2Backend.Answering("one", null, ("set-cookie", "own=1"));
        using var two = H2Backend.Answering("two", null, ("set-cookie", "own=1"));
        await using var mesh = await Mesh.Start();
        mesh.Service("shop", "http2", Sticky(AnHour), one.HostPort, two.HostPort);
        using var client = await H2Connection.To(Open(mesh, kind));

        var first = await client.Ask(Fields.Request("GET", "/", "shop"));
        var cookies = first.Head.Values("set-cookie");
        var pair = cookies[1].Split(';')[0];
        var next = await client.Ask(Fields.Request("GET", "/", "shop", ("cookie", "a=b"), ("cookie", pair)));

        Assert.That(cookies, Has.Count.EqualTo(2));
        Assert.That((cookies[0], cookies[1]), Is.EqualTo(("own=1", cookies[1])));
        Assert.That(cookies[1], Does.Match(Hour));
        Assert.That((next.Body, next.Head.Values("set-cookie")), Is.EqualTo((first.Body, new[] { "own=1" })));
    }

    [Test]
    public async Task A_session_cookie_has_no_lifetime_and_an_empty_cookie_counts_as_none()
    {
        using var instances = new Http1Instances();
        await using var mesh = await Mesh.Start();
        mesh.Service("shop", Sticky(new HashCookie(TimeSpan.Zero, "")), instances.HostPorts);
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\nCookie: stick=\r\n\r\n");

        Assert.That(answer.Values("Set-Cookie")[1], Does.Match("^stick=\"[0-9a-f]{16}\"; HttpOnly$"));
    }

    [Test]
    public async Task Without_the_configuration_no_cookie_is_made()
    {
        using var instances = new Http1Instances();
        await using var mesh = await Mesh.Start();
        mesh.Service("shop", Sticky(null), instances.HostPorts);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That(
            (await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).Values("Set-Cookie"), Is.EqualTo(new[] { "own=1; Secure" }));
    }

    [Test]
    public async Task A_terminal_source_that_the_request_has_makes_the_cookie_needless()
    {
        using var instances = new Http1Instances();
        await using var mesh = await Mesh.Start();
        var cookie = Sticky(AnHour);
        mesh.Service("shop", cookie with
        {
            LoadBalancing = cookie.LoadBalancing with
            {
                Hash = [new HashKey(HashSource.Header, "x-user", Terminal: true), .. cookie.LoadBalancing.Hash],
            },
        }, instances.HostPorts);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That(
            (await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\nx-user: 1\r\n\r\n")).Values("Set-Cookie"), Has.Count.EqualTo(1));
        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).Values("Set-Cookie"), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task The_proxy_that_chooses_the_instance_makes_the_cookie_once()
    {
        using var instances = new Http1Instances();
        await using var gateway = await Mesh.Start(options => options with { Node = "gw", RoleName = "gateway", Seed = 4711 });
        gateway.Service("shop", Sticky(AnHour), instances.HostPorts);
        var peers = gateway.Open(ListenerKind.Mesh, "mesh");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 1 });
        mesh.Service("shop", Sticky(AnHour), instances.HostPorts).Gateway(new HostPort("127.0.0.1", peers.Port));
        using var client = await RawConnection.To(mesh.Outbound());

        var first = await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n");
        var next = await client.Ask($"GET / HTTP/1.1\r\nHost: shop\r\nCookie: {first.Values("Set-Cookie")[1].Split(';')[0]}\r\n\r\n");

        Assert.That(first.Values("Set-Cookie"), Has.Count.EqualTo(2));
        Assert.That((next.Body, next.Values("Set-Cookie").Count), Is.EqualTo((first.Body, 1)));
    }

    [Test]
    public async Task The_callees_sidecar_makes_no_second_cookie()
    {
        using var instances = new Http1Instances();
        await using var callee = await Mesh.Start(options => options with { Node = "host-b", Seed = 4711 });
        callee.Service("shop", Sticky(AnHour), instances.HostPorts[0]);
        var inbound = callee.Inbound(instances.HostPorts[0], "shop");
        await using var mesh = await Mesh.Start();
        mesh.Service("shop", Sticky(AnHour), new HostPort("127.0.0.1", inbound.Port));
        using var client = await RawConnection.To(mesh.Outbound());
        using var peer = await RawConnection.To(inbound);

        var cookies = (await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).Values("Set-Cookie");
        var own = (await peer.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).Values("Set-Cookie");

        Assert.That(cookies, Has.Count.EqualTo(2));
        Assert.That(cookies[1], Does.Match(Hour));
        Assert.That(own, Is.EqualTo(new[] { "own=1; Secure" }));
    }

    [Test]
    public async Task All_attempts_of_a_request_have_one_cookie()
    {
        using var instances = new Http1Instances();
        await using var mesh = await Mesh.Start();
        mesh.Service("shop", Sticky(AnHour), [Backend.ClosedPort(), Backend.ClosedPort(), instances.HostPorts[0]]);
        using var client = await RawConnection.To(mesh.Outbound());
        for (var i = 0; i < 8; i++)
        {
            Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).Values("Set-Cookie"), Has.Count.EqualTo(2));
        }
    }

    [Test]
    public async Task A_route_that_removes_cookies_removes_this_one_too()
    {
        using var instances = new Http1Instances();
        await using var mesh = await Mesh.Start();
        var target = Routes.Target("shop", instances.HostPorts) with { Policy = Sticky(AnHour) };
        mesh.Route("shop", Routes.Router(
            Routes.Resolver(target),
            (
                Routes.Prefix("/bare"),
                new RouteAction { ResponseHeaders = new HeaderChanges { Remove = ["set-cookie"] } },
                Routes.Resolver(target))));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask("GET /bare HTTP/1.1\r\nHost: shop\r\n\r\n")).Has("Set-Cookie"), Is.False);
        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n")).Values("Set-Cookie"), Has.Count.EqualTo(2));
    }

    private static PolicyModel Sticky(HashCookie? made) => PolicyModel.Default with
    {
        LoadBalancing = LoadBalancingModel.Default with
        {
            Policy = BalancingPolicy.RingHash,
            Hash = [new HashKey(HashSource.Cookie, "stick", Terminal: false) { Made = made }],
        },
    };

    private static IPEndPoint Open(Mesh mesh, ListenerKind kind)
    {
        if (kind == ListenerKind.Outbound)
        {
            return mesh.Outbound();
        }

        var address = mesh.Open(kind, "ingress/public");
        mesh.Ingress(address.Port, ("shop", "shop"));
        return address;
    }

    private sealed class Http1Instances : IDisposable
    {
        private readonly Backend[] _all = [Answering("one"), Answering("two"), Answering("six")];

        public HostPort[] HostPorts => [.. _all.Select(each => each.HostPort)];

        public void Dispose() => Array.ForEach(_all, each => each.Dispose());

        private static Backend Answering(string body) => Backend.Answering(body, "Set-Cookie: own=1; Secure\r\n");
    }
}
