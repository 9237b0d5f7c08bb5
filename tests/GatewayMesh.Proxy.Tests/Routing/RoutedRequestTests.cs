using System.Text.RegularExpressions;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Routing;

public class RoutedRequestTests
{
    [Test]
    public async Task The_first_matching_rule_decides_and_the_last_matches_the_rest()
    {
        using var web = Backend.Answering("web");
        using var api = Backend.Answering("api");
        using var debug = Backend.Answering("debug");
        await using var mesh = await Mesh.Start();
        mesh.Route("web", Routes.Router(
            Routes.Resolver("web", web.HostPort),
            (Routes.Header("x-debug", HeaderTest.Exact, "1"), RouteAction.None, Routes.Resolver("debug", debug.HostPort)),
            (Routes.Prefix("/api"), RouteAction.None, Routes.Resolver("api", api.HostPort))));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That(await Ask(client, "/api/x"), Is.EqualTo("api"));
        Assert.That(await Ask(client, "/api/x", "x-debug: 1\r\n"), Is.EqualTo("debug"));
        Assert.That(await Ask(client, "/x"), Is.EqualTo("web"));
        Assert.That(await Ask(client, "/x/..//%61pi"), Is.EqualTo("api"), "no spelling evades a rule");
        Assert.That(api.Last.StartLine, Is.EqualTo("GET /x/..//%61pi HTTP/1.1"), "the target is forwarded unchanged");
    }

    [Test]
    public async Task A_router_only_service_is_known_and_its_metrics_name_the_target()
    {
        using var api = Backend.Answering("api");
        await using var mesh = await Mesh.Start();
        mesh.Route("web", Routes.Resolver("api", api.HostPort));
        using var client = await RawConnection.To(mesh.Outbound("shop"));

        Assert.That(await Ask(client, "/"), Is.EqualTo("api"));
        Assert.That(api.Last["Host"], Is.EqualTo("web"));
        Assert.That(Destinations(mesh), Is.EqualTo(new[] { "api" }));
    }

    [Test]
    public async Task The_log_names_the_requested_service_the_rule_and_the_target()
    {
        using var api = Backend.Answering("api");
        using var log = new MemoryStream();
        await using (var mesh = await Mesh.Start(options => options with { AccessLog = log }))
        {
            mesh.Route(
                "web",
                Routes.Router(
                    Routes.Resolver("web"),
                    (Routes.Prefix("/api"), RouteAction.None, Routes.Resolver("v1.api", api.HostPort)))).Service("api", api.HostPort);
            using var client = await RawConnection.To(mesh.Outbound("shop"));
            await Ask(client, "/api");
            await client.Ask("GET /api HTTP/1.1\r\nHost: api\r\n\r\n");
        }

        var lines = System.Text.Encoding.UTF8.GetString(log.ToArray()).Split('\n');
        Assert.That(
            lines[0],
            Does.Contain(
                "\"destination\":\"api\",\"asked\":\"web\",\"route\":\"web.default[0]\",\"target\":\"v1.api.default.dc1\",\"method\":\"GET\""));
        Assert.That(lines[1], Does.Contain("\"destination\":\"api\",\"method\":\"GET\""));
    }

    [Test]
    public async Task A_rewritten_path_is_forwarded_with_its_query()
    {
        using var api = Backend.Answering("api");
        await using var mesh = await Mesh.Start();
        mesh.Route(
            "web",
            Routes.Router(Routes.Resolver("web"), (Routes.Prefix("/api/"), Routes.Rewrite("/v2/"), Routes.Resolver("api", api.HostPort))));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That(await Ask(client, "/api/x?q=/api/"), Is.EqualTo("api"));
        Assert.That(api.Last.StartLine, Is.EqualTo("GET /v2/x?q=/api/ HTTP/1.1"));
    }

    [TestCase("/api/a%2fb", "/v2/a%2fb")]
    [TestCase("/api/a%2Fb/%7euser/%41", "/v2/a%2Fb/%7euser/%41")]
    [TestCase("/%61pi/%e4?q=%2f", "/v2/%e4?q=%2f")]
    [TestCase("//api//a%2fb//", "/v2//a%2fb//")]
    [TestCase("/x/%2e%2e/api/y/../a%2fb;p=%3b", "/v2/a%2fb;p=%3b")]
    public async Task An_escaped_slash_and_all_bytes_after_the_prefix_are_unchanged(string target, string forwarded)
    {
        using var api = Backend.Answering("api");
        await using var mesh = await Mesh.Start();
        mesh.Route(
            "web",
            Routes.Router(Routes.Resolver("web"), (Routes.Prefix("/api"), Routes.Rewrite("/v2"), Routes.Resolver("api", api.HostPort))));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That(await Ask(client, target), Is.EqualTo("api"));
        Assert.That(api.Last.StartLine, Is.EqualTo($"GET {forwarded} HTTP/1.1"));
    }

    [Test]
    public async Task A_rules_timeout_and_retries_override_the_services()
    {
        using var api = Backend.Answering("api");
        await using var mesh = await Mesh.Start();
        var action = new RouteAction { RequestTimeout = TimeSpan.FromSeconds(90) };
        mesh.Route(
            "web",
            Routes.Router(Routes.Resolver("api", api.HostPort), (Routes.Prefix("/slow"), action, Routes.Resolver("api", api.HostPort))));
        using var client = await RawConnection.To(mesh.Outbound());

        await Ask(client, "/slow");
        Assert.That(
            int.Parse(api.Last["gatewaymesh-timeout-ms"]!, System.Globalization.CultureInfo.InvariantCulture), Is.InRange(60_000, 90_000));
        await Ask(client, "/");
        Assert.That(
            int.Parse(api.Last["gatewaymesh-timeout-ms"]!, System.Globalization.CultureInfo.InvariantCulture), Is.InRange(1, 15_000));
    }

    [TestCase(0, 1)]
    [TestCase(2, 3)]
    public async Task A_rules_retries_are_the_attempts_minus_one(int retries, int attempts)
    {
        await using var mesh = await Mesh.Start();
        using var failing = Backend.Bytes(
            "HTTP/1.1 503 Service Unavailable\r\nProxy-Status: gatewaymesh; error=connection_refused; forwarded=?0\r\nContent-Length: "
                + "0\r\n\r\n");
        using var failing2 = Backend.Bytes(
            "HTTP/1.1 503 Service Unavailable\r\nProxy-Status: gatewaymesh; error=connection_refused; forwarded=?0\r\nContent-Length: "
                + "0\r\n\r\n");
        using var failing3 = Backend.Bytes(
            "HTTP/1.1 503 Service Unavailable\r\nProxy-Status: gatewaymesh; error=connection_refused; forwarded=?0\r\nContent-Length: "
                + "0\r\n\r\n");
        mesh.Route(
            "web",
            Routes.Router(
                Routes.Resolver("web"),
                (
                    Routes.Prefix("/"),
                    new RouteAction { NumRetries = retries },
                    Routes.Resolver("api", failing.HostPort, failing2.HostPort, failing3.HostPort))));
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: web\r\n\r\n")).Status, Is.EqualTo(503));
        Assert.That(failing.Executed + failing2.Executed + failing3.Executed, Is.EqualTo(attempts));
    }

    [Test]
    public async Task Shares_follow_the_splitter()
    {
        using var v1 = Backend.Answering("v1");
        using var v2 = Backend.Answering("v2");
        await using var mesh = await Mesh.Start();
        mesh.Route("web", Routes.Splitter((7500, Routes.Resolver("v1.web", v1.HostPort)), (2500, Routes.Resolver("v2.web", v2.HostPort))));
        using var client = await RawConnection.To(mesh.Outbound());

        for (var i = 0; i < 400; i++)
        {
            await Ask(client, "/");
        }

        // 100 ± 6 · √(400 · 1/4 · 3/4) = 52.
        Assert.That(v2.Executed, Is.InRange(48, 152));
        Assert.That(v1.Executed + v2.Executed, Is.EqualTo(400));
        Assert.That(Destinations(mesh), Is.EqualTo(new[] { "web" }), "a subset is not a service");
    }

    [Test]
    public async Task A_failover_target_takes_over_while_the_first_has_no_healthy_instance_unless_none_has()
    {
        using var first = Backend.Answering("first");
        using var second = Backend.Answering("second");
        using var third = Backend.Answering("third");
        await using var mesh = await Mesh.Start();
        using var client = await RawConnection.To(mesh.Outbound());
        async Task<string> With(bool one, bool two, bool three)
        {
            mesh.Route(
                "web",
                Routes.Resolver(
                    Routes.Target("web", one, first.HostPort),
                    Routes.Target("two", two, second.HostPort),
                    Routes.Target("three", three, third.HostPort)));
            return await Ask(client, "/");
        }

        Assert.That(await With(true, true, true), Is.EqualTo("first"));
        Assert.That(await With(false, true, true), Is.EqualTo("second"));
        Assert.That(await With(false, false, true), Is.EqualTo("third"));
        Assert.That(await With(false, false, false), Is.EqualTo("first"));
        Assert.That(await With(true, false, false), Is.EqualTo("first"));
    }

    [Test]
    public async Task A_target_without_instances_yields_to_one_with_an_unhealthy_instance()
    {
        using var second = Backend.Answering("second");
        await using var mesh = await Mesh.Start();
        mesh.Route("web", Routes.Resolver(Routes.Target("web"), Routes.Target("two", healthy: false, second.HostPort)));
        using var client = await RawConnection.To(mesh.Outbound());
        Assert.That(await Ask(client, "/"), Is.EqualTo("second"));
        mesh.Route("web", Routes.Resolver(Routes.Target("web"), Routes.Target("two")));
        Assert.That((await client.Ask("GET / HTTP/1.1\r\nHost: web\r\n\r\n")).Status, Is.EqualTo(503));
    }

    [Test]
    public async Task A_failover_target_takes_over_while_all_of_the_first_are_ejected()
    {
        using var second = Backend.Answering("second");
        await using var mesh = await Mesh.Start();
        var policy = new PolicyModel { Ejection = new() { ConsecutiveFailures = 1 } };
        mesh.Route(
            "web",
            Routes.Resolver(Routes.Target("web", Backend.ClosedPort()) with { Policy = policy }, Routes.Target("two", second.HostPort)));
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Ask("GET / HTTP/1.1\r\nHost: web\r\n\r\n");
        Assert.That(await Ask(client, "/"), Is.EqualTo("second"));
    }

    [Test]
    public async Task All_routes_share_the_evidence_about_an_instance()
    {
        using var good = Backend.Answering("good");
        await using var mesh = await Mesh.Start();
        var dead = new EndpointModel("web", "web-dead", "node-0", Backend.ClosedPort(), Healthy: true);
        var alive = new EndpointModel("web", "web-alive", "node-1", good.HostPort, Healthy: true);
        var policy = new PolicyModel { Ejection = new() { ConsecutiveFailures = 1 } };
        var subset = Routes.Target("v1.web") with { Policy = policy, Endpoints = [dead] };
        var all = Routes.Target("web") with { Policy = policy, Endpoints = [dead, alive] };
        mesh.Route(
            "web",
            Routes.Router(Routes.Resolver(all), (Routes.Prefix("/v1"), new RouteAction { NumRetries = 0 }, Routes.Resolver(subset))));
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Ask("GET /v1 HTTP/1.1\r\nHost: web\r\n\r\n");
        Assert.That(
            mesh.Plane.Inspection.Endpoints().Where(view => view.IsEjected).Select(view => view.Id), Is.EqualTo(new[] { "web-dead" }));
        mesh.Apply();
        Assert.That(
            mesh.Plane.Inspection.Endpoints().Where(view => view.IsEjected).Select(view => view.Id),
            Is.EqualTo(new[] { "web-dead" }),
            "even after a reload");
    }

    [Test]
    public async Task A_request_keeps_its_splitter_sample_over_attempts_and_at_the_gateway()
    {
        using var v1 = Backend.Answering("v1");
        using var v2 = Backend.Answering("v2");
        var route = Routes.Splitter((5000, Routes.Resolver("v1.web", v1.HostPort)), (5000, Routes.Resolver("v2.web", v2.HostPort)));
        using var seen = Backend.Answering("gateway");
        await using var gateway = await Mesh.Start(options => options with { Node = "gw", RoleName = "gateway", Seed = 4711 });
        var address = gateway.Route("web", route).Open(ListenerKind.Mesh, "mesh");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 1 });
        using var client = await RawConnection.To(mesh.Outbound());

        mesh.Route("web", route).Gateway(seen.HostPort);
        await Ask(client, "/x");
        var sample = seen.Last["gatewaymesh-draw"];
        Assert.That(sample, Does.Match("^[0-9a-f]{16}$"));
        Assert.That(seen.Last["gatewaymesh-destination"], Is.EqualTo("web"));

        using var peer = await RawConnection.To(address);
        var answers = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            answers.Add(await Ask(peer, "/x", $"gatewaymesh-draw: {sample}\r\n"));
        }

        Assert.That(answers, Has.Count.EqualTo(1));
        Assert.That(v1.Executed + v2.Executed, Is.EqualTo(20));
        Assert.That((v1.Executed > 0 ? v1 : v2).Last.Has("gatewaymesh-draw"), Is.False, "instances do not route");
        Assert.That((await peer.Ask("GET / HTTP/1.1\r\nHost: web\r\ngatewaymesh-draw: 12\r\n\r\n")).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task A_gateway_gets_the_requested_name_and_the_original_path()
    {
        using var api = Backend.Answering("api");
        using var gateway = Backend.Bytes(
            "HTTP/1.1 503 Service Unavailable\r\nProxy-Status: gatewaymesh; error=connection_limit_reached; "
                + "forwarded=?0\r\nContent-Length: 0\r\n\r\n");
        await using var mesh = await Mesh.Start(options => options with { GatewayShare = 1 });
        mesh.Route(
            "web",
            Routes.Router(
                Routes.Resolver("web"),
                (Routes.Prefix("/api"), Routes.Rewrite("/v2"), Routes.Resolver("api", api.HostPort)))).Gateway(gateway.HostPort);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That(await Ask(client, "/api/x"), Is.EqualTo("api"));
        Assert.That((gateway.Last.StartLine, gateway.Last["gatewaymesh-destination"]), Is.EqualTo(("GET /api/x HTTP/1.1", "web")));
        Assert.That((api.Last.StartLine, api.Last.Has("gatewaymesh-destination")), Is.EqualTo(("GET /v2/x HTTP/1.1", false)));
    }

    [Test]
    public async Task Inbound_requests_are_not_routed()
    {
        using var application = Backend.Answering("application");
        using var api = Backend.Answering("api");
        await using var mesh = await Mesh.Start();
        mesh.Route(
            "web",
            Routes.Router(
                Routes.Resolver("api", api.HostPort),
                (Routes.Prefix("/api"), Routes.Rewrite("/v2"), Routes.Resolver("api", api.HostPort))));
        using var client = await RawConnection.To(mesh.Inbound(application.HostPort, "web"));

        Assert.That(await Ask(client, "/api/x"), Is.EqualTo("application"));
        Assert.That(application.Last.StartLine, Is.EqualTo("GET /api/x HTTP/1.1"));
    }

    [Test]
    public async Task A_public_host_leads_to_a_service_and_its_routes()
    {
        using var api = Backend.Answering("api");
        await using var mesh = await Mesh.Start(options => options with { RoleName = "ingress" });
        var address = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Route(
            "web",
            Routes.Router(
                Routes.Resolver("web"),
                (
                    Routes.Prefix("/api/"),
                    Routes.Rewrite("/"),
                    Routes.Resolver("api", api.HostPort)))).Ingress(address.Port, ("www.example.com", "web"));
        using var client = await RawConnection.To(address);

        Assert.That((await client.Ask("GET /api/x HTTP/1.1\r\nHost: www.example.com\r\n\r\n")).Body, Is.EqualTo("api"));
        Assert.That(api.Last.StartLine, Is.EqualTo("GET /x HTTP/1.1"));
    }

    [Test]
    public async Task The_first_request_to_an_unwatched_target_waits_for_its_instances_and_keeps_its_sample()
    {
        using var v1 = Backend.Answering("v1");
        using var v2 = Backend.Answering("v2");
        var wanted = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var mesh = await Mesh.Start(options => options with { Want = wanted.Enqueue });
        RouteNode Route(bool dormant) => Routes.Splitter(
            (5000, Routes.Resolver(Routes.Target("v1.web", v1.HostPort) with { IsDormant = dormant })),
            (5000, Routes.Resolver(Routes.Target("v2.web", v2.HostPort) with { IsDormant = dormant })));
        mesh.Route("shop", Route(dormant: true));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = client.Ask("GET / HTTP/1.1\r\nHost: shop\r\n\r\n");
        while (wanted.Count < 2)
        {
            await Task.Delay(1);
        }

        Assert.That(wanted, Is.EqualTo(new[] { "shop", "web" }), "both the route's service and its destination are requested");
        mesh.Route("shop", Route(dormant: false));
        Assert.That((await answer).Status, Is.EqualTo(200));
        Assert.That(mesh.Plane.TakeUsed(), Is.EquivalentTo(new[] { "shop", "web" }), "the service whose entries lead there is in use too");
    }

    [Test]
    public async Task An_unwatched_failover_target_is_requested_from_the_registry()
    {
        using var second = Backend.Answering("second");
        var wanted = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var mesh = await Mesh.Start(options => options with { Want = wanted.Enqueue });
        mesh.Route("web", Routes.Resolver(Routes.Target("web"), Routes.Target("two") with { IsDormant = true }));
        using var client = await RawConnection.To(mesh.Outbound());

        var answer = Ask(client, "/");
        while (wanted.Count < 2)
        {
            await Task.Delay(1);
        }

        mesh.Route("web", Routes.Resolver(Routes.Target("web"), Routes.Target("two", second.HostPort)));
        Assert.That(await answer, Is.EqualTo("second"));
        Assert.That(wanted, Is.EqualTo(new[] { "web", "two" }));
    }

    private static async Task<string> Ask(RawConnection client, string target, string fields = "") =>
        (await client.Ask($"GET {target} HTTP/1.1\r\nHost: web\r\n{fields}\r\n")).Body;

    private static string[] Destinations(Mesh mesh)
    {
        var text = new System.Buffers.ArrayBufferWriter<byte>();
        mesh.Plane.Inspection.WriteMetrics(text);
        return [
            .. Regex.Matches(
                System.Text.Encoding.UTF8.GetString(text.WrittenSpan),
                "gatewaymesh_requests_total\\{direction=\"outbound\",[^}]*destination=\"([^\"]*)\"")
                .Select(match => match.Groups[1].Value)
                .Distinct()];
    }
}
