using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Ejection;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Policies.Timeouts;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Attempts;

/// <summary>
/// The whole loop of retries, hedges, and failover targets over connections that break anywhere: a request that must not run twice runs at
/// most once, and never if the mesh reports that it was not forwarded. The callee is a real sidecar. A failure names its seed.
/// </summary>
public sealed class ExecutedOnceTests
{
    private const int Requests = 120;
    private const int Broken = 0; // the response began and broke off

    private static readonly PolicyModel Eager = PolicyModel.Default with
    {
        Retries = RetriesModel.Default with
        {
            On =
            [
                RetryCondition.NotForwarded, RetryCondition.ConnectFailure, RetryCondition.RefusedStream, RetryCondition.Reset,
                RetryCondition.ServerError,
            ],
            MaxAttempts = 5,
            Backoff = new() { Base = TimeSpan.FromMilliseconds(1), Max = TimeSpan.FromMilliseconds(2) },
            Budget = new() { Ratio = 1, MinPerSecond = 10_000 },
        },
        Hedging = new() { Delay = TimeSpan.FromMilliseconds(20), MaxHedges = 2 },
        Timeouts = TimeoutsModel.Default with { Attempt = TimeSpan.FromMilliseconds(200), Request = TimeSpan.FromSeconds(4) },
        LoadBalancing = LoadBalancingModel.Default with { Policy = BalancingPolicy.RoundRobin },
        Ejection = EjectionModel.Default with { ConsecutiveFailures = 1_000_000 },
    };

    [TestCase("http", false, 1)]
    [TestCase("http", false, 2)]
    [TestCase("http2", false, 3)]
    [TestCase("http2", false, 4)]
    [TestCase("http", true, 5)]
    [TestCase("http", true, 6)]
    [TestCase("http2", true, 7)]
    [TestCase("http2", true, 8)]
    public async Task A_request_that_must_not_run_twice_runs_at_most_once_whatever_breaks(string protocol, bool isMutual, int seed)
    {
        var runs = new ConcurrentDictionary<string, int>();
        using var application = new Backend(async (request, connection) =>
        {
            runs.AddOrUpdate(request["x-id"]!, 1, static (_, count) => count + 1);
            await connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
        });
        await using var certified = new CertifiedMesh();
        await using var plain = await Mesh.Start();
        var callee = isMutual ? (await certified.Sidecar("payments", application)).Inbound : plain.Inbound(application.HostPort);
        var caller = isMutual ? await certified.Plane("sidecar", ["web"]) : await Mesh.Start();
        await using var owned = isMutual ? null : caller;
        var relays = Enumerable.Range(0, 4).Select(i => new FaultyRelay(callee, (seed * 100) + i, ReachOf(protocol, isMutual))).ToList();
        try
        {
            caller.Policy(Eager);
            var second = Routes.Target("v2.payments", [relays[2].HostPort, relays[3].HostPort]) with { Policy = Eager };
            caller.Route("shop", Routes.Router(
                Routes.Resolver(
                    Routes.Target("payments", [Backend.ClosedPort(), relays[0].HostPort, relays[1].HostPort]) with { Policy = Eager },
                    second),
                (
                    Routes.Prefix("/moved"),
                    RouteAction.None,
                    Routes.Resolver(Routes.Target("v1.payments", Backend.ClosedPort()) with { Policy = Eager }, second))));
            var outcomes = await Run(caller.Outbound(), protocol, seed);

            Assert.That(() => caller.Plane.Inspection.Figures.InFlight, Is.Zero.After(10_000, 5));
            Assert.That(() => caller.Plane.Inspection.Endpoints().Sum(each => each.InFlight), Is.Zero.After(10_000, 5));
            Verify(outcomes, runs, seed);
            Assert.That(relays.Sum(relay => relay.Accepted), Is.GreaterThan(relays.Count), $"seed {seed}: connections break");
            Assert.That(caller.Metrics(), Does.Match("gatewaymesh_hedges_total{outcome=\"(won|lost)\"}"), $"seed {seed}: there are hedges");
            Assert.That(caller.Metrics(), Does.Contain("to=\"v2.payments.default.dc1\""), $"seed {seed}: and moves");
        }
        finally
        {
            relays.ForEach(relay => relay.Dispose());
        }
    }

    private static void Verify(List<Observed> outcomes, ConcurrentDictionary<string, int> runs, int seed)
    {
        foreach (var (id, method, status, proxyStatus) in outcomes)
        {
            var count = runs.GetValueOrDefault(id);
            var what = $"seed {seed}: {method} {id} was answered {status} ({proxyStatus}) and ran {count} times";
            if (method == "POST")
            {
                Assert.That(count, Is.LessThanOrEqualTo(1), what);
            }

            if (status == 200)
            {
                Assert.That(count, Is.GreaterThanOrEqualTo(1), what);
            }

            if (proxyStatus?.Contains("forwarded=?0", StringComparison.Ordinal) == true)
            {
                Assert.That(count, Is.Zero, what);
            }
        }

        Assert.That(outcomes.Count(outcome => outcome is { Method: "POST", Status: 200 }), Is.GreaterThan(Requests / 20), $"seed {seed}");
    }

    // A handshake is some thousand bytes, and a request on HTTP/2 fewer than on HTTP/1.1.
    private static int ReachOf(string protocol, bool isMutual) =>
        (isMutual ? protocol == "http2" ? 2500 : 3500 : 0) + (protocol == "http2" ? 800 : 2500);

    private static async Task<List<Observed>> Run(IPEndPoint outbound, string protocol, int seed)
    {
        var random = new Random(seed);
        var outcomes = new List<Observed>();
        for (var i = 0; i < Requests; i++)
        {
            var (method, id) = (random.Next(3) == 0 ? "GET" : "POST", i.ToString(CultureInfo.InvariantCulture));
            var body = method == "GET" ? null : new string('x', random.Next(3) * random.Next(3000));
            var path = random.Next(4) == 0 ? "/moved" : "/";
            outcomes.Add(
                await (protocol == "http2" ? AskHttp2(outbound, method, path, id, body) : AskHttp1(outbound, method, path, id, body)));
        }

        return outcomes;
    }

    private static async Task<Observed> AskHttp1(IPEndPoint outbound, string method, string path, string id, string? body)
    {
        using var client = await RawConnection.To(outbound);
        var length = body is null ? "" : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        await client.Send($"{method} {path} HTTP/1.1\r\nHost: shop\r\nx-id: {id}\r\n{length}\r\n{body}");
        try
        {
            var answer = await client.ReadMessage(isResponse: true);
            return new Observed(id, method, answer.Status, answer["Proxy-Status"]);
        }
        catch (EndOfStreamException)
        {
            return new Observed(id, method, Broken, null);
        }
    }

    private static async Task<Observed> AskHttp2(IPEndPoint outbound, string method, string path, string id, string? body)
    {
        using var client = await H2Connection.To(outbound);
        var answer = await client.Ask(Fields.Request(method, path, "shop", ("x-id", id)), body);
        return new Observed(id, method, answer.ResetCode is null ? answer.Status : Broken, answer["proxy-status"]);
    }

    private sealed record Observed(string Id, string Method, int Status, string? ProxyStatus);
}
