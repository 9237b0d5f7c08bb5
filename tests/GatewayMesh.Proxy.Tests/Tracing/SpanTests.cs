using System.Diagnostics;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Hedging;
using GatewayMesh.Proxy.Tests.Rig;
using GatewayMesh.Proxy.Tests.Rig.Http2;

namespace GatewayMesh.Proxy.Tests.Tracing;

/// <summary>A span for each hop and each attempt, kept until the answer is known.</summary>
public sealed class SpanTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Get = "GET /a%2Fb?secret=1 HTTP/1.1\r\nHost: payments\r\n";

    [Test]
    public async Task A_request_has_a_server_span_and_a_client_span_whose_id_leaves()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var spans = new RecordedSpans(mesh);
        using var client = await RawConnection.To(outbound);

        await client.Ask(Get + $"traceparent: 00-{Trace}-b7ad6b7169203331-01\r\ntracestate: a=b\r\n\r\n");

        var (server, attempt) = (spans.Server(), spans.Attempt());
        Assert.That(
            (server.TraceId.ToHexString(), server.ParentSpanId.ToHexString(), server.DisplayName, server.Status, server.TraceStateString),
            Is.EqualTo((Trace, "b7ad6b7169203331", "GET", ActivityStatusCode.Unset, "a=b")));
        Assert.That((attempt.TraceId, attempt.ParentSpanId, attempt.DisplayName), Is.EqualTo((server.TraceId, server.SpanId, "GET")));
        Assert.That(payments.Last["traceparent"], Is.EqualTo($"00-{Trace}-{attempt.SpanId}-01"));
        Assert.That(payments.Last["tracestate"], Is.EqualTo("a=b"));
        Assert.That(
            Tags(
                server,
                "http.request.method",
                "url.path",
                "url.scheme",
                "http.response.status_code",
                "network.protocol.version",
                "server.address",
                "client.address",
                "gatewaymesh.direction",
                "gatewaymesh.source",
                "gatewaymesh.destination"),
            Is.EqualTo(new object[] { "GET", "/a%2Fb", "http", 200, "1.1", "payments", "127.0.0.1", "outbound", "web", "payments" }));
        Assert.That(
            Tags(attempt, "url.full", "server.address", "server.port", "http.response.status_code", "http.request.resend_count"),
            Is.EqualTo(
                new object?[] { $"http://{payments.HostPort}/a%2Fb", "127.0.0.1", payments.HostPort.Port, 200, null }),
            "no query: it may hold secrets");
        Assert.That(attempt.StartTimeUtc, Is.GreaterThanOrEqualTo(server.StartTimeUtc));
        Assert.That(attempt.StartTimeUtc + attempt.Duration, Is.LessThanOrEqualTo(server.StartTimeUtc + server.Duration));
    }

    [Test]
    public async Task A_trace_of_a_later_version_goes_on_in_the_spans()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var spans = new RecordedSpans(mesh);
        using var client = await RawConnection.To(outbound);

        await client.Ask(Get + $"traceparent: cc-{Trace}-b7ad6b7169203331-01-what-comes-later\r\n\r\n");

        var server = spans.Server();
        Assert.That((server.TraceId.ToHexString(), server.ParentSpanId.ToHexString()), Is.EqualTo((Trace, "b7ad6b7169203331")));
    }

    [Test]
    public async Task Without_a_listener_the_trace_passes_unchanged()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var client = await RawConnection.To(outbound);

        await client.Ask(Get + $"traceparent: 00-{Trace}-b7ad6b7169203331-01\r\n\r\n");
        Assert.That(payments.Last["traceparent"], Is.EqualTo($"00-{Trace}-b7ad6b7169203331-01"));

        await client.Ask(Get + $"b3: {Trace}-b7ad6b7169203331-1\r\n\r\n");
        Assert.That(payments.Last["traceparent"], Is.EqualTo($"00-{Trace}-b7ad6b7169203331-01"), "B3 leaves as W3C");
        Assert.That(payments.Last["b3"], Is.EqualTo($"{Trace}-b7ad6b7169203331-1"), "and as it came, for applications that know only B3");
    }

    [Test]
    public async Task Each_attempt_has_its_own_span_and_a_failed_one_says_why()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(Backend.ClosedPort(), payments.HostPort);
        await using var _ = mesh;
        using var spans = new RecordedSpans(mesh);
        using var client = await RawConnection.To(outbound);

        for (var i = 0; i < 20 && spans.All.Count(span => span.Kind == ActivityKind.Client) < i + 1; i++)
        {
            await client.Ask(Get + "\r\n");
            if (spans.All.Any(span => span.Status == ActivityStatusCode.Error))
            {
                break;
            }
        }

        var failed = spans.All.Single(span => span.Status == ActivityStatusCode.Error);
        var next = spans.All.Single(span => span.ParentSpanId == failed.ParentSpanId && span != failed);
        Assert.That(
            (failed.GetTagItem("error.type"), failed.GetTagItem("gatewaymesh.attempt")), Is.EqualTo(("connection_refused", (object)1)));
        Assert.That(
            (next.GetTagItem("http.request.resend_count"), next.GetTagItem("gatewaymesh.attempt"), next.GetTagItem("error.type")),
            Is.EqualTo(((object)1, (object)2, (object?)null)));
        Assert.That(payments.Last["traceparent"], Does.Contain(next.SpanId.ToHexString()));
    }

    [Test]
    public async Task A_hedge_has_its_own_span_and_the_loser_is_cancelled()
    {
        var count = 0;
        using var first = Slow();
        using var second = Slow();
        await using var mesh = await Mesh.Start();
        var policy = PolicyModel.Default with { Hedging = new HedgingModel { Delay = TimeSpan.FromMilliseconds(20) } };
        mesh.Service("payments", policy, first.HostPort, second.HostPort);
        using var spans = new RecordedSpans(mesh);
        using var client = await RawConnection.To(mesh.Outbound());

        Assert.That((await client.Ask(Get + "\r\n")).Body, Is.EqualTo("paid"));

        var server = spans.Server();
        var attempts = spans.Of(ActivityKind.Client, 2);
        Assert.That(attempts.Select(span => span.ParentSpanId), Is.All.EqualTo(server.SpanId));
        Assert.That(attempts.Select(span => span.GetTagItem("error.type")), Is.EqualTo(new object?[] { "cancelled", null }));
        Assert.That(
            first.Requests.Concat(second.Requests).Select(request => request["traceparent"]),
            Is.EquivalentTo(attempts.Select(span => $"00-{server.TraceId}-{span.SpanId}-01")));

        Backend Slow() => new(async (_, connection) =>
        {
            if (Interlocked.Increment(ref count) > 1)
            {
                await connection.Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid");
            }
        });
    }

    [Test]
    public async Task The_span_of_the_next_hop_is_a_child_of_the_attempt()
    {
        using var payments = Backend.Answering("paid");
        await using var mesh = await Mesh.Start();
        var inbound = mesh.Inbound(payments.HostPort);
        mesh.Service("payments", new Configuration.Values.HostPort("127.0.0.1", inbound.Port));
        using var spans = new RecordedSpans(mesh);
        using var client = await RawConnection.To(mesh.Outbound());

        await client.Ask(Get + "\r\n");

        var hops = spans.Of(ActivityKind.Server, 2).OrderBy(span => span.StartTimeUtc).ToList();
        var attempts = spans.Of(ActivityKind.Client, 2).OrderBy(span => span.StartTimeUtc).ToList();
        Assert.That(hops.Concat(attempts).Select(span => span.TraceId).Distinct().Count(), Is.EqualTo(1), "one trace");
        Assert.That(hops.Select(span => span.GetTagItem("gatewaymesh.direction")), Is.EqualTo(new[] { "outbound", "inbound" }));
        Assert.That(hops[1].ParentSpanId, Is.EqualTo(attempts[0].SpanId));
        Assert.That(attempts[1].ParentSpanId, Is.EqualTo(hops[1].SpanId));
        Assert.That(hops[0].Parent is null && hops[0].ParentSpanId == default, "the caller sent no trace");
    }

    [Test]
    public async Task An_error_before_any_attempt_has_a_span()
    {
        var (mesh, outbound) = await Mesh.WithPayments(Backend.ClosedPort());
        await using var _ = mesh;
        using var spans = new RecordedSpans(mesh);
        using var client = await RawConnection.To(outbound);

        await client.Ask($"GET / HTTP/1.1\r\nHost: nobody\r\ntraceparent: 00-{Trace}-b7ad6b7169203331-01\r\n\r\n");

        var server = spans.Server();
        Assert.That(
            (server.TraceId.ToHexString(), server.GetTagItem("error.type"), server.GetTagItem("http.response.status_code"), server.Status),
            Is.EqualTo((Trace, "destination_not_found", 404, ActivityStatusCode.Unset)),
            "a request that cannot be served by anybody is no failure of this server");
        Assert.That(spans.Of(ActivityKind.Client, 0), Is.Empty);
    }

    [TestCase("200 OK", 0)]
    [TestCase("404 Not Found", 0)]
    [TestCase("503 Service Unavailable", 1)]
    public async Task A_request_that_is_not_sampled_is_recorded_if_it_failed(string status, int recorded)
    {
        using var payments = Backend.Bytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var spans = new RecordedSpans(mesh, _ => false);
        using var client = await RawConnection.To(outbound);

        await client.Ask(Get + $"traceparent: 00-{Trace}-b7ad6b7169203331-00\r\n\r\n");

        Assert.That(payments.Last["traceparent"], Does.EndWith("-00"), "the next hop is told the decision of the sampler");
        SpinWait.SpinUntil(() => spans.All.Count == 2, TimeSpan.FromSeconds(5));
        Assert.That(spans.All, Has.Count.EqualTo(2), "the spans are kept until the answer is known");
        Assert.That(spans.All.Select(span => span.Recorded), Is.All.EqualTo(recorded > 0));
    }

    [Test]
    public async Task The_callers_decision_reaches_the_sampler()
    {
        using var payments = Backend.Answering("paid");
        var (mesh, outbound) = await Mesh.WithPayments(payments.HostPort);
        await using var _ = mesh;
        using var spans = new RecordedSpans(mesh, parent => parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded));
        using var client = await RawConnection.To(outbound);

        await client.Ask(Get + $"traceparent: 00-{Trace}-b7ad6b7169203331-01\r\n\r\n");
        await client.Ask(Get + $"traceparent: 00-{Trace}-b7ad6b7169203331-00\r\n\r\n");
        await client.Ask(Get + "b3: 0\r\n\r\n");
        await client.Ask(Get + "X-B3-Sampled: 0\r\n\r\n");
        await client.Ask(Get + $"b3: {Trace}-b7ad6b7169203331-1\r\n\r\n");

        Assert.That(spans.Of(ActivityKind.Server, 2).Select(span => span.TraceId.ToHexString()), Is.All.EqualTo(Trace));
        Assert.That(payments.Requests.Select(request => request["traceparent"]![^2..]), Is.EqualTo(new[] { "01", "00", "00", "00", "01" }));
    }

    [Test]
    public async Task The_live_path_has_no_spans()
    {
        var (mesh, outbound) = await Mesh.WithPayments(Backend.ClosedPort());
        await using var _ = mesh;
        using var spans = new RecordedSpans(mesh);
        using var client = await RawConnection.To(outbound);

        Assert.That((await client.Ask("GET /.well-known/gatewaymesh/live HTTP/1.1\r\nHost: x\r\n\r\n")).Status, Is.EqualTo(200));

        mesh.Settle();
        Assert.That(spans.All, Is.Empty);
    }

    [Test]
    public async Task A_gRPC_call_has_the_attributes_of_RPC_and_no_further_spans()
    {
        using var payments = H2Backend.Answering("", Fields.Of(("grpc-status", "14")), ("content-type", "application/grpc"));
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", "grpc", PolicyModel.Default, payments.HostPort);
        using var spans = new RecordedSpans(mesh, _ => false);
        using var others = new ActivityCounter();
        using var client = await H2Connection.To(mesh.Outbound());

        await client.Ask(
            Fields.Request("POST", "/pay.Payments/Charge", "payments", ("content-type", "application/grpc"), ("te", "trailers")),
            "\0\0\0\0\0");

        var (server, attempt) = (spans.Server(), spans.Attempt());
        Assert.That(
            Tags(server, "rpc.system.name", "rpc.method", "rpc.response.status_code", "error.type", "network.protocol.version"),
            Is.EqualTo(new object[] { "grpc", "pay.Payments/Charge", "UNAVAILABLE", "UNAVAILABLE", "2" }));
        Assert.That((server.DisplayName, server.Status), Is.EqualTo(("pay.Payments/Charge", ActivityStatusCode.Error)));
        Assert.That(
            Tags(attempt, "rpc.method", "rpc.response.status_code"), Is.EqualTo(new object[] { "pay.Payments/Charge", "UNAVAILABLE" }));
        Assert.That(payments.Last["traceparent"], Is.EqualTo($"00-{server.TraceId}-{attempt.SpanId}-00"));
        Assert.That(
            others.Sources, Has.None.StartsWith("Microsoft.AspNetCore").And.None.StartsWith("System.Net").And.None.StartsWith("Yarp"));
    }

    private static object?[] Tags(Activity span, params string[] names) => [.. names.Select(span.GetTagItem)];

    // Whether servers and HTTP clients of the platform make spans of their own.
    private sealed class ActivityCounter : IDisposable
    {
        private readonly System.Collections.Concurrent.ConcurrentBag<string> _sources = [];
        private readonly ActivityListener _listener;

        public ActivityCounter()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => !source.Name.StartsWith("GatewayMesh", StringComparison.Ordinal),
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
                ActivityStarted = span => _sources.Add(span.Source.Name),
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IEnumerable<string> Sources => _sources;

        public void Dispose() => _listener.Dispose();
    }
}
