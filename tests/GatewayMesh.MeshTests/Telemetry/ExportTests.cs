using System.Net;
using GatewayMesh.Fixtures.Metrics;
using GatewayMesh.Fixtures.Otlp;
using GatewayMesh.MeshTests.Clients;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Telemetry;

/// <summary>Export to a real collector, by the published file under its guard.</summary>
public sealed class ExportTests : MeshTest
{
    private IPEndPoint _outbound = null!;

    [TestCase("grpc")]
    [TestCase("http/protobuf")]
    public async Task Spans_metrics_and_events_reach_the_collector(string protocol)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        var node = await StartAsync(
            collector,
            protocol,
            ("OTEL_SERVICE_NAME", "shop"),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test"));
        await GetAsync(10);

        await Eventually.Until("spans, metrics with exemplars, and events arrive", () =>
            collector.Spans.GroupBy(span => span.TraceId).Count(spans => spans.Count() == 4) >= 10 // not those of the wait for payments
                && collector.Logs.Count > 0
                && collector.Points.Any(point => point is { Type: "histogram", ExemplarTraces.Count: > 0 })
                && collector.Points.Any(point => point is { Name: "gatewaymesh_requests_total", Type: "sum", Value: > 0 }));

        var worker = (await node.StatusAsync()).Worker;
        foreach (
            var resource in collector.Spans.Select(span => span.Resource)
                .Concat(collector.Points.Select(point => point.Resource)).Concat(collector.Logs.Select(log => log.Resource)))
        {
            Assert.That(
                new[] { "service.name", "service.instance.id", "deployment.environment.name", "process.pid" }.Select(name => resource[name]),
                Is.EqualTo(new object[] { "shop", "host-a", "test", (long)worker }),
                "only the worker exports");
        }

        var trace = collector.Spans.GroupBy(span => span.TraceId).First(spans => spans.Count() == 4).ToList();
        var root = trace.Single(span => span.ParentId.Length == 0);
        var attempt = trace.Single(span => span.ParentId == root.SpanId);
        var inbound = trace.Single(span => span.ParentId == attempt.SpanId);
        var last = trace.Single(span => span.ParentId == inbound.SpanId);
        Assert.That(new[] { root, attempt, inbound, last }.Select(span => span.Kind), Is.EqualTo(new[] { 2, 3, 2, 3 }));
        Assert.That(
            (root.Attributes["gatewaymesh.direction"], inbound.Attributes["gatewaymesh.direction"], root.Attributes["http.request.method"]),
            Is.EqualTo(((object)"outbound", (object)"inbound", (object)"GET")));
        Assert.That(root.Nanoseconds, Is.GreaterThanOrEqualTo(last.Nanoseconds));
        Assert.That(collector.Logs.Select(log => log.Attributes["event"]), Has.Some.EqualTo("configuration"));
        Assert.That(await node.GetAsync("/metrics"), Does.Match("gatewaymesh_telemetry_spans_total\\{outcome=\"delivered\"\\} [1-9]"));

        var open = OpenMetricsDocument.Parse(await node.GetAsync("/metrics?format=openmetrics"));
        Assert.That(open.ExemplarTraces, Is.SubsetOf(collector.Spans.Select(span => span.TraceId)).And.Not.Empty);
        Assert.That(
            (open.Types["gatewaymesh_guard_restarts"], open.Types["gatewaymesh_requests"], open.Types["gatewaymesh_tier"]),
            Is.EqualTo(("counter", "counter", "gauge")));
        var (code, output) = await Promtool.CheckAsync(await node.GetAsync("/metrics"));
        Assert.That(code, Is.Zero, output);
    }

    [Test]
    public async Task A_collector_that_hangs_and_dies_costs_spans_and_no_request()
    {
        var collector = await OtlpReceiver.StartAsync();
        var node = await StartAsync(
            collector,
            "grpc",
            ("OTEL_BSP_MAX_QUEUE_SIZE", "16"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "1000"));
        collector.Hangs = true;
        await GetAsync(200);
        Assert.That(await node.GetAsync("/metrics"), Does.Match("gatewaymesh_telemetry_spans_total\\{outcome=\"queue_full\"\\} [1-9]"));

        await collector.DisposeAsync();
        await Eventually.Until("the loss is counted", async () =>
        {
            await GetAsync(1);
            return System.Text.RegularExpressions.Regex.IsMatch(
                await node.GetAsync("/metrics"), "gatewaymesh_telemetry_spans_total\\{outcome=\"not_delivered\"\\} [1-9]");
        });
        await Eventually.Until("lost exports of metrics are counted", async () => System.Text.RegularExpressions.Regex.IsMatch(
            await node.GetAsync("/metrics"), "gatewaymesh_telemetry_exports_total\\{signal=\"metrics\",outcome=\"failed\"\\} [1-9]"));
        await GetAsync(200);
    }

    [TestCase("OTEL_SDK_DISABLED", "true")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "")]
    [TestCase("OTEL_EXPORTER_OTLP_ENDPOINT", "no uri")]
    public async Task Without_usable_variables_nothing_is_exported(string variable, string value)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        var node = await StartAsync(collector, "grpc", (variable, value));
        await GetAsync(10);
        Assert.That(await node.GetAsync("/metrics"), Does.Not.Contain("gatewaymesh_telemetry_"));
        Assert.That(collector.Requests, Is.Zero);
    }

    // One host with both services, so that a request passes two hops of one worker.
    private async Task<MeshNode> StartAsync(OtlpReceiver collector, string protocol, params (string Name, string Value)[] more)
    {
        _outbound = FreePorts.Loopback();
        var node = Mesh.AddSidecar("host-a",
            $"""
            - name: web
              port: {FreePorts.Next()}
              outbound: {_outbound}
            - name: payments
              port: {Mesh.AddBackend("payments").Port}
              inbound: {FreePorts.Loopback()}
            """);
        node.Variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = (protocol == "grpc" ? collector.Grpc : collector.Http).ToString();
        node.Variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol;
        node.Variables["OTEL_BSP_SCHEDULE_DELAY"] = "100";
        node.Variables["OTEL_BLRP_SCHEDULE_DELAY"] = "100";
        node.Variables["OTEL_METRIC_EXPORT_INTERVAL"] = "500";
        foreach (var (name, value) in more)
        {
            node.Variables[name] = value;
        }

        node.Start();
        await Eventually.Until("the worker serves", node.IsReadyAsync, () => Task.FromResult(Mesh.Logs(20)));
        await Eventually.Until("payments answers", async () =>
        {
            using var connection = new PlainConnection(_outbound, "payments");
            return await connection.GetAsync() == Outcome.Ok;
        });
        return node;
    }

    private async Task GetAsync(int count)
    {
        using var connection = new PlainConnection(_outbound, "payments");
        for (var i = 0; i < count; i++)
        {
            Assert.That(await connection.GetAsync(), Is.EqualTo(Outcome.Ok), connection.Answer);
        }
    }
}
