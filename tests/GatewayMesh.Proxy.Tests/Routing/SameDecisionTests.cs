using System.Globalization;
using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Tests.Listeners;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Routing;

/// <summary>One corpus of requests through the sidecar and through the gateway: the same target, path, and timeout.</summary>
public class SameDecisionTests
{
    private const int Requests = 200;

    private static readonly string[] Names = ["web", "v1", "v2", "api", "slow", "spare"];
    private static readonly string[] Methods = ["GET", "GET", "POST", "DELETE"];
    private static readonly string[] Paths = [
        "/",
        "/api",
        "/api/",
        "/api/x",
        "/apix",
        "/%61pi/y",
        "//api//z",
        "/static/../api/x",
        "/api/../static",
        "/slow/1",
        "/slow/12",
        "/slow/x",
        "/split",
        "/split/a%2fb",
        "/SPLIT",
        "/x;y=1"];
    private static readonly string[] Queries = ["", "", "?", "?q=1", "?q=%31", "?q=2&q=1", "?debug", "?a=b&debug=1"];
    private static readonly string[] Fields = [
        "", "", "x-debug: 1\r\n", "x-debug: 12\r\n", "x-debug: 1\r\nx-debug: 2\r\n", "x-canary: yes\r\n"];

    private readonly Dictionary<string, Backend> _backends = [];

    [SetUp]
    public void Make()
    {
        foreach (var name in Names)
        {
            _backends[name] = Backend.Answering(name);
        }
    }

    [TearDown]
    public void End()
    {
        foreach (var backend in _backends.Values)
        {
            backend.Dispose();
        }
    }

    [Test]
    public async Task A_gateway_routes_a_sidecars_request_to_the_sidecars_own_choice()
    {
        using var recorder = Backend.Bytes(
            "HTTP/1.1 503 Service Unavailable\r\nProxy-Status: gatewaymesh; error=connection_limit_reached; "
                + "forwarded=?0\r\nContent-Length: 0\r\n\r\n");
        await using var sidecar = await Mesh.Start(options => options with { GatewayShare = 1 });
        sidecar.Route("web", Route()).Gateway(recorder.HostPort);
        await using var gateway = await Mesh.Start(options => options with { Node = "gw", RoleName = "gateway", Seed = 4711 });
        using var carrier = await RawConnection.To(gateway.Route("web", Route()).Open(ListenerKind.Mesh, "mesh"));
        using var client = await RawConnection.To(sidecar.Outbound());

        var targets = new HashSet<string>();
        foreach (var request in Corpus())
        {
            var direct = await Decision(client, request);
            // the gateway's own time, not the sidecar's
            var handedOver = Regex.Replace(recorder.Last.Head, "(?i)gatewaymesh-timeout-ms: .*\r\n", "");
            Assert.That(await Decision(carrier, handedOver), Is.EqualTo(direct), request);
            targets.Add(direct.Target);
        }

        Assert.That(targets, Is.EquivalentTo(Names.Except(["spare"])), "the corpus covers every route");
    }

    [Test]
    public async Task A_gateway_routes_a_guards_request_like_the_sidecar_would()
    {
        await using var sidecar = await Mesh.Start();
        sidecar.Route("web", Route(v1: 10_000));
        await using var gateway = await Mesh.Start(options => options with { Node = "gw", RoleName = "gateway" });
        using var tunnel = await RawConnection.To(gateway.Route("web", Route(v1: 10_000)).Open(ListenerKind.Tunnel, "tunnel"));
        await tunnel.Send(new TunnelHello("shop", null, "host-a", "1").ToBytes());
        await TunnelTests.Answer(tunnel);
        using var client = await RawConnection.To(sidecar.Outbound("shop"));

        foreach (var request in Corpus())
        {
            Assert.That(await Decision(tunnel, request), Is.EqualTo(await Decision(client, request)), request);
        }
    }

    private static IEnumerable<string> Corpus()
    {
        var random = new SplitMix(20);
        string One(string[] of) => of[random.Next(of.Length)];
        for (var i = 0; i < Requests; i++)
        {
            yield return $"{One(Methods)} {One(Paths)}{One(Queries)} HTTP/1.1\r\nHost: web\r\n{One(Fields)}Content-Length: 0\r\n\r\n";
        }
    }

    private async Task<(string Target, string Line, long Minutes)> Decision(RawConnection through, string request)
    {
        var target = (await through.Ask(request)).Body;
        var got = _backends[target].Last;
        return (
            target, got.StartLine, (long)Math.Ceiling(long.Parse(got["gatewaymesh-timeout-ms"]!, CultureInfo.InvariantCulture) / 60_000d));
    }

    private RouterNode Route(int v1 = 5000)
    {
        RouteAction Minutes(int minutes, string? rewrite = null) =>
            new() { RequestTimeout = TimeSpan.FromMinutes(minutes), PrefixRewrite = rewrite };
        return Routes.Router(
            Resolver("web"),
            (
                new RouteMatch { Path = new PathRule(PathTest.Prefix, "/api"), Methods = ["DELETE"] },
                Minutes(3),
                Resolver("spare", unhealthy: true)),
            (Routes.Exact("/api/x"), Minutes(4, "/exact"), Resolver("api")),
            (Routes.Prefix("/api/"), Minutes(5, "/v2/"), Resolver("api")),
            (Routes.Regex("/slow/[0-9]+"), Minutes(6), Resolver("slow")),
            (Routes.Header("x-debug", HeaderTest.Regex, "1[0-9]?"), Minutes(7), Resolver("v1")),
            (Routes.Query("q", QueryTest.Exact, "1"), Minutes(8), Resolver("v2")),
            (Routes.Prefix("/split"), Minutes(9, "/s"), Routes.Splitter((v1, Resolver("v1")), (10_000 - v1, Resolver("v2")))));
    }

    // Its failover target is used: the target itself has no healthy instance.
    private ResolverNode Resolver(string name, bool unhealthy = false) => unhealthy
        ? Routes.Resolver(Routes.Target(name, healthy: false, _backends[name].HostPort), Routes.Target("api", _backends["api"].HostPort))
        : Routes.Resolver(name, _backends[name].HostPort);
}
