using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using GatewayMesh.Fixtures.Metrics;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.LoadBalancing.Outliers;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Telemetry;

namespace GatewayMesh.Proxy.Tests.Telemetry;

public sealed class PrometheusTextTests
{
    private static readonly RequestSummary Request = new()
    {
        Direction = RequestDirection.Outbound,
        Source = "web",
        Destination = "payments",
        Method = "GET",
        Path = "/",
        Status = 200,
        Duration = TimeSpan.FromMilliseconds(7),
        Tier = MeshTier.Sidecar,
    };

    private MeshMetrics _metrics = null!;
    private PrometheusText _prometheus = null!;

    [SetUp]
    public void Begin()
    {
        _metrics = new MeshMetrics();
        _prometheus = new PrometheusText(_metrics);
    }

    [TearDown]
    public void End()
    {
        _prometheus.Dispose();
        _metrics.Dispose();
    }

    [Test]
    public void Requests_are_counted_and_measured()
    {
        _metrics.CountRequest(Request);
        _metrics.CountRequest(Request);
        _metrics.CountRequest(Request with { Status = 503, Error = MeshErrorKind.NoEndpoint, Tier = MeshTier.None });
        var text = Scrape();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Contain("# TYPE gatewaymesh_requests_total counter\n"));
            Assert.That(
                text,
                Does.Contain(
                    "gatewaymesh_requests_total{direction=\"outbound\",source=\"web\",destination=\"payments\",method=\"GET\",status=\"200\",error=\"none\",tier=\"sidecar\"} 2\n"));
            Assert.That(
                text,
                Does.Contain(
                    "gatewaymesh_requests_total{direction=\"outbound\",source=\"web\",destination=\"payments\",method=\"GET\",status=\"503\",error=\"no_endpoint\",tier=\"none\"} 1\n"));
            Assert.That(text, Does.Contain("# TYPE gatewaymesh_request_duration_seconds histogram\n"));
            Assert.That(
                text,
                Does.Contain(
                    "gatewaymesh_request_duration_seconds_bucket{direction=\"outbound\",source=\"web\",destination=\"payments\",le=\"0.005\"} 0\n"));
            Assert.That(
                text,
                Does.Contain(
                    "gatewaymesh_request_duration_seconds_bucket{direction=\"outbound\",source=\"web\",destination=\"payments\",le=\"0.01\"} 3\n"));
            Assert.That(
                text,
                Does.Contain(
                    "gatewaymesh_request_duration_seconds_bucket{direction=\"outbound\",source=\"web\",destination=\"payments\",le=\"+Inf\"} 3\n"));
            Assert.That(
                text,
                Does.Contain(
                    "gatewaymesh_request_duration_seconds_count{direction=\"outbound\",source=\"web\",destination=\"payments\"} 3\n"));
        }
    }

    [Test]
    public void The_other_metrics_are_present()
    {
        _metrics.CountFailover(MeshTier.Sidecar, MeshTier.Gateway, "no_endpoint");
        _metrics.CountRetry(RetryVerdict.BudgetSpent);
        _metrics.CountEjection("payments", EjectionCause.Consecutive5xx);
        _metrics.SetTier(MeshTier.Gateway);
        _metrics.SetRevision("old", "e1");
        _metrics.SetConfigErrors(2);
        _metrics.AddGauge("gatewaymesh_admission_in_flight", "Requests in flight.", () => 1.5);
        _ = Scrape();
        _metrics.SetRevision("new", "e2");
        var text = Scrape();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Contain("gatewaymesh_failovers_total{from=\"sidecar\",to=\"gateway\",reason=\"no_endpoint\"} 1\n"));
            Assert.That(text, Does.Contain("gatewaymesh_retries_total{outcome=\"budget_spent\"} 1\n"));
            Assert.That(text, Does.Contain("gatewaymesh_endpoint_ejections_total{service=\"payments\",cause=\"consecutive_5xx\"} 1\n"));
            Assert.That(text, Does.Contain("gatewaymesh_tier{tier=\"gateway\"} 1\n").And.Contain("gatewaymesh_tier{tier=\"sidecar\"} 0\n"));
            Assert.That(text, Does.Contain("gatewaymesh_config_revision{revision=\"new\",entries=\"e2\"} 1\n").And.Not.Contain("old"));
            Assert.That(text, Does.Contain("gatewaymesh_config_errors 2\n"));
            Assert.That(text, Does.Contain("gatewaymesh_admission_in_flight 1.5\n"));
        }
    }

    [Test]
    public void Labels_and_help_are_escaped()
    {
        using var meter = new Meter(new MeterOptions("GatewayMesh.Test") { Scope = _metrics });
        var counter = meter.CreateCounter<long>("a.b", description: "one\\two\nthree");
        counter.Add(1, new KeyValuePair<string, object?>("l", "q\"b\\n\n"));
        Assert.That(Scrape(), Does.Contain("# HELP a_b one\\\\two\\nthree\n# TYPE a_b counter\na_b{l=\"q\\\"b\\\\n\\n\"} 1\n"));
    }

    [Test]
    public void Invented_methods_share_one_label()
    {
        _metrics.CountRequest(Request with { Method = "BREW" });
        _metrics.CountRequest(Request with { Method = "get" });
        Assert.That(Scrape(), Does.Contain("method=\"OTHER\",status=\"200\",error=\"none\",tier=\"sidecar\"} 2\n"));
    }

    [Test]
    public void Series_are_bounded_and_the_rest_is_folded()
    {
        for (var i = 0; i < MeshMetrics.MaxRequestSeries + 100; i++)
        {
            _metrics.CountRequest(Request with { Source = $"s{i}" });
        }

        var lines = Scrape().Split('\n').Where(line => line.StartsWith("gatewaymesh_requests_total{", StringComparison.Ordinal)).ToList();
        Assert.That(lines, Has.Count.EqualTo(MeshMetrics.MaxRequestSeries + 1));
        Assert.That(lines, Has.One.Match("source=\"other\".* 100$"));
    }

    [Test]
    public void Counting_a_known_series_allocates_nothing()
    {
        _metrics.CountRequest(Request);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _metrics.CountRequest(Request);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000)); // the runtime's own, once; no byte per call
    }

    [Test]
    public void Probes_of_the_guard_are_not_counted()
    {
        new RequestTelemetry(_metrics, null).Record(false, Request with { Direction = RequestDirection.Probe });
        Assert.That(_metrics.RequestCount, Is.Zero);
    }

    [Test]
    public void OpenMetrics_has_exemplars_of_recorded_traces_only()
    {
        using var recorded = new Activity("a") { ActivityTraceFlags = ActivityTraceFlags.Recorded }.SetIdFormat(ActivityIdFormat.W3C);
        using var other = new Activity("b").SetIdFormat(ActivityIdFormat.W3C);
        recorded.Start();
        _metrics.CountRequest(Request);
        recorded.Stop();
        other.Start();
        _metrics.CountRequest(Request with { Duration = TimeSpan.FromSeconds(2) });
        other.Stop();
        Activity.Current = null;
        _metrics.CountRequest(Request with { Duration = TimeSpan.FromSeconds(40) });

        var text = new ArrayBufferWriter<byte>();
        _prometheus.Write(text, isOpen: true);
        var document = OpenMetricsDocument.Parse(Encoding.UTF8.GetString(text.WrittenSpan) + "# EOF\n");
        Assert.That(document.ExemplarTraces, Is.EqualTo(new[] { recorded.TraceId.ToHexString() }));
        Assert.That(
            (document.Types["gatewaymesh_requests"], document.Types["gatewaymesh_request_duration_seconds"], document.Types["gatewaymesh_tier"]),
            Is.EqualTo(("counter", "histogram", "gauge")));
        Assert.That(document.Samples, Does.Contain("gatewaymesh_requests_total"));
        Assert.That(Scrape(), Does.Not.Contain(" # {"), "Prometheus' own text has none");
    }

    private string Scrape()
    {
        var output = new ArrayBufferWriter<byte>();
        _prometheus.Write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
