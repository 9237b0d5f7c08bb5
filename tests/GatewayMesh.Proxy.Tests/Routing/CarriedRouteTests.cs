using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Listeners;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Routing;

/// <summary>
/// Rewrites, redirects, and changes of header fields are the same through the sidecar, over a connection that a guard carries to a gateway
/// because the sidecar is broken, and through a gateway that the sidecar uses.
/// </summary>
internal sealed class CarriedRouteTests
{
    // Fields of a single hop or message.
    private static readonly string[] OfHop = ["via", "traceparent", "x-request-id", "date", "host", "connection"];

    private static readonly (string Name, string Value)[] Fields =
        [("x-tag", "client"), ("x-user", "forged"), ("x-debug", "1"), ("x-kept", "1"), ("x-forwarded-for", "192.0.2.7")];

    private static readonly (string Name, string Value)[] AnswerFields =
        [("x-internal", "secret"), ("x-kind", "plain"), ("x-both", "application"), ("x-other", "kept"), ("x-echo", "1")];

    private static readonly (string Method, string Target)[] Corpus =
    [
        ("GET", "/v1/x?q=1"), ("POST", "/v1"), ("GET", "/v1/../v1/y"), ("GET", "/full/a"), ("GET", "/moved/a?b=c"), ("HEAD", "/v1/x"),
        ("GET", "/split"), ("GET", "/other"), ("DELETE", "/v1/%61"),
    ];

    [Test]
    public async Task Every_way_changes_HTTP_1_requests_and_responses_alike()
    {
        var answerLines = string.Concat(AnswerFields.Select(field => $"{field.Name}: {field.Value}\r\n"));
        using var application = new Backend((request, connection) => connection.Send(
            $"HTTP/1.1 200 OK\r\n{answerLines}Content-Length: 4\r\n\r\n{(request.Method == "HEAD" ? "" : "paid")}"));
        await using var ways = await Ways.Start(application.HostPort, "http");
        var lines = string.Concat(Fields.Select(field => $"{field.Name}: {field.Value}\r\n"));
        foreach (var (method, target) in Corpus)
        {
            var seen = new List<string[]>();
            foreach (var way in Ways.Names)
            {
                using var client = await ways.Connect(way);
                application.Requests.Clear();
                var body = method == "POST" ? "Content-Length: 4\r\n\r\nbody" : "\r\n";
                var answer = await client.Ask($"{method} {target} HTTP/1.1\r\nHost: web\r\n{lines}{body}", method == "HEAD");
                var request = application.Requests.LastOrDefault();
                seen.Add(
                [
                    $"{answer.Status} {answer.Body}",
                    .. Of(answer.Head),
                    .. request is null ? [] : Of(request.Head),
                    request is null ? "" : $"{request.Method} {request.Target} {request["Host"]} {request.Body}",
                ]);
            }

            Assert.That(seen[1], Is.EqualTo(seen[0]), $"carried: {method} {target}");
            Assert.That(seen[2], Is.EqualTo(seen[0]), $"through a gateway: {method} {target}");
            AssertIsChanged(target, seen[0]);
        }
    }

    [Test]
    public async Task Every_way_changes_HTTP_2_requests_and_responses_alike()
    {
        using var application = new H2Backend(async (request, connection) =>
        {
            var isHead = request[":method"] == "HEAD";
            await connection.Headers(request.Stream, Rig.Http2.Fields.Of([(":status", "200"), .. AnswerFields]), end: isHead);
            if (!isHead)
            {
                await connection.Data(request.Stream, "paid", end: true);
            }
        });
        await using var ways = await Ways.Start(application.HostPort, "http2");
        foreach (var (method, target) in Corpus)
        {
            var seen = new List<string[]>();
            foreach (var way in Ways.Names)
            {
                using var client = await H2Connection.Open(await ways.Connect(way));
                application.Requests.Clear();
                var answer = await client.Ask(
                    Rig.Http2.Fields.Request(method, target, "web", Fields), method == "POST" ? "body" : null);
                var request = application.Requests.LastOrDefault();
                seen.Add(
                [
                    $"{answer.Status} {answer.Body}",
                    .. Of(answer.Head.ToString()),
                    .. request is null ? [] : Of(request.Head.ToString()),
                    request is null ? "" : $"{request[":method"]} {request[":path"]} {request[":authority"]} {request.Body}",
                ]);
            }

            Assert.That(seen[1], Is.EqualTo(seen[0]), $"carried: {method} {target}");
            Assert.That(seen[2], Is.EqualTo(seen[0]), $"through a gateway: {method} {target}");
            AssertIsChanged(target, seen[0]);
        }
    }

    // The corpus does reach the rules.
    private static void AssertIsChanged(string target, string[] seen)
    {
        var expected = target switch
        {
            "/v1/x?q=1" => new[] { "x-user: mesh", "x-new: 1", "x-kind: changed", "x-both: route" },
            "/split" => ["x-split: 1", "x-split-answer: 1"],
            "/moved/a?b=c" => ["location: https://web/new/a?b=c"],
            "/full/a" => ["x-kept: 1"],
            _ => [],
        };
        Assert.That(seen, Is.SupersetOf(expected));
        Assert.That(
            seen.Any(line => line.StartsWith("x-tag: ", StringComparison.Ordinal) && line.EndsWith("route", StringComparison.Ordinal)),
            Is.EqualTo(target.StartsWith("/v1", StringComparison.Ordinal)));
        Assert.That(seen[^1], target switch
        {
            "/v1/x?q=1" => Does.Contain("/v2/x?q=1 "),
            "/full/a" => Does.Contain("/whole ").And.Contain("inner.test"),
            "/moved/a?b=c" => Is.Empty,
            "/other" => Does.Contain("/other "),
            _ => Is.Not.Empty,
        });
        Assert.That(seen, target.StartsWith("/v1", StringComparison.Ordinal) ? Has.None.EqualTo("x-debug: 1") : Is.Not.Empty);
        Assert.That(seen, target.StartsWith("/v1", StringComparison.Ordinal) ? Has.None.EqualTo("x-internal: secret") : Is.Not.Empty);
    }

    // The fields of a head in lower case and in order, without those of the hop.
    private static IEnumerable<string> Of(string head) =>
        from line in head.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        let colon = line.IndexOf(':', 1)
        where colon > 0 && line[0] != ':' && !line.Contains(" HTTP/1.1", StringComparison.Ordinal)
        let name = line[..colon].ToLowerInvariant()
        let value = line[(colon + 1)..].Trim()
        where !OfHop.Contains(name) && !name.StartsWith("gatewaymesh-", StringComparison.Ordinal)
        orderby name, value
        select $"{name}: {(name == "x-forwarded-for" ? value.Split(',')[0] : value)}";

    private static RouterNode Router(HostPort application)
    {
        var resolver = Routes.Resolver("payments", application);
        var split = new SplitterNode(
            "web.default",
            [
                new SplitLeg(10_000, resolver)
                {
                    RequestHeaders = Changes(set: [("x-split", "1")]),
                    ResponseHeaders = Changes(set: [("x-split-answer", "1")], remove: ["x-internal"]),
                },
            ]);
        return Routes.Router(
            resolver,
            (
                Routes.Prefix("/v1"),
                new RouteAction
                {
                    PrefixRewrite = "/v2",
                    RequestHeaders = Changes(add: [("x-tag", "route"), ("x-new", "1")], set: [("x-user", "mesh")], remove: ["x-debug"]),
                    ResponseHeaders = Changes(add: [("x-both", "route")], set: [("x-kind", "changed")], remove: ["x-internal"]),
                },
                resolver),
            (
                Routes.Prefix("/full"),
                new RouteAction
                {
                    UrlRewrite = new UrlRewrite { Hostname = "inner.test", Path = new PathChange { ReplaceFullPath = "/whole" } },
                },
                resolver),
            (
                Routes.Prefix("/moved"),
                new RouteAction
                {
                    RequestRedirect = new RequestRedirect { Scheme = "https", Path = new PathChange { ReplacePrefixMatch = "/new" } },
                },
                resolver),
            (Routes.Prefix("/split"), RouteAction.None, split));
    }

    private static HeaderChanges Changes(
        (string Name, string Value)[]? add = null, (string Name, string Value)[]? set = null, string[]? remove = null) => new()
    {
        Add = (add ?? []).ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal),
        Set = (set ?? []).ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal),
        Remove = [.. remove ?? []],
    };

    private sealed class Ways(Mesh sidecar, Mesh gateway, Mesh sharing, Dictionary<string, IPEndPoint> addresses) : IAsyncDisposable
    {
        public static readonly string[] Names = ["sidecar", "carried", "gateway"];

        public static async Task<Ways> Start(HostPort application, string protocol)
        {
            var sidecar = await Mesh.Start();
            var gateway = await Mesh.Start(options => options with { Node = "gw", RoleName = "gateway" });
            var sharing = await Mesh.Start(options => options with { GatewayShare = 1 });
            foreach (var mesh in new[] { sidecar, gateway, sharing })
            {
                mesh.Service("payments", protocol, PolicyModel.Default, application)
                    .Service("web", protocol, PolicyModel.Default)
                    .Route("web", Router(application));
            }

            var peers = gateway.Open(ListenerKind.Mesh, "mesh");
            sharing.Gateway(new HostPort("127.0.0.1", peers.Port));
            return new Ways(sidecar, gateway, sharing, new()
            {
                ["sidecar"] = sidecar.Outbound("shop"),
                ["carried"] = gateway.Open(ListenerKind.Tunnel, "tunnel"),
                ["gateway"] = sharing.Outbound("shop"),
            });
        }

        public async Task<RawConnection> Connect(string way)
        {
            var connection = await RawConnection.To(addresses[way]);
            if (way == "carried")
            {
                await connection.Send(new TunnelHello("shop", null, "host-a", "1").ToBytes());
                await TunnelTests.Answer(connection);
            }

            return connection;
        }

        public async ValueTask DisposeAsync()
        {
            await sidecar.DisposeAsync();
            await gateway.DisposeAsync();
            await sharing.DisposeAsync();
        }
    }
}
