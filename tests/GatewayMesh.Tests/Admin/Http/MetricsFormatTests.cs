using GatewayMesh.Admin.Http;
using GatewayMesh.Fixtures.Metrics;

namespace GatewayMesh.Tests.Admin.Http;

/// <summary>The format of <c>/metrics</c> is the client's choice.</summary>
public sealed class MetricsFormatTests
{
    // As Prometheus 2.42 sends it.
    private const string Prometheus =
        "application/openmetrics-text; version=1.0.0,application/openmetrics-text; version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

    [TestCase("", "", false)]
    [TestCase("*/*", "", false, Description = "curl")]
    [TestCase("text/html,application/xhtml+xml,*/*;q=0.8", "", false, Description = "a browser")]
    [TestCase("text/plain", "", false)]
    [TestCase(Prometheus, "", true)]
    [TestCase("application/openmetrics-text", "", true)]
    [TestCase("Application/OpenMetrics-Text; version=\"1.0.0\"; charset=utf-8", "", true)]
    [TestCase("application/openmetrics-text; version=2.0.0", "", false, Description = "a version that is not served")]
    [TestCase("application/openmetrics-text;q=0", "", false)]
    [TestCase("application/openmetrics-text;q=0.3, text/plain;q=0.5", "", false)]
    [TestCase("application/openmetrics-text;q=x", "", false)]
    [TestCase("", "format=openmetrics", true)]
    [TestCase("", "format=other", false)]
    public void The_client_chooses(string accept, string query, bool isOpen) =>
        Assert.That(
            MetricsFormat.IsOpenMetrics(new AdminRequest("GET", "/metrics", query, default) { Accept = accept }), Is.EqualTo(isOpen));

    [Test]
    public void A_request_without_the_field_has_no_preference() =>
        Assert.That(MetricsFormat.IsOpenMetrics(default(AdminRequest) with { Query = "" }), Is.False);

    [Test]
    public void Families_of_counters_lose_their_suffix_and_the_document_ends()
    {
        var answer = MetricsFormat.Respond(
            isOpen: true,
            MetricsFormat.ToOpenMetrics(
                "# HELP a_total Of a_total.\n# TYPE a_total counter\na_total{x=\"# TYPE\"} 1\n# HELP b B.\n# TYPE b gauge\nb 2\n"));
        Assert.That(answer.ContentType, Is.EqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8"));
        Assert.That(
            answer.Text,
            Is.EqualTo("# HELP a Of a_total.\n# TYPE a counter\na_total{x=\"# TYPE\"} 1\n# HELP b B.\n# TYPE b gauge\nb 2\n# EOF\n"));
        Assert.That(OpenMetricsDocument.Parse(answer.Text).Types["a"], Is.EqualTo("counter"));
    }

    [TestCase("# TYPE a counter\na_total 1\n", Description = "no end")]
    [TestCase("# TYPE a_total counter\na_total 1\n# EOF\n")]
    [TestCase("# TYPE a counter\na 1\n# EOF\n")]
    [TestCase("# TYPE a counter\na_total -1\n# EOF\n")]
    [TestCase("# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# HELP a late\n# EOF\n")]
    [TestCase("# TYPE a gauge\na 1\na 1\n# EOF\n")]
    [TestCase("# TYPE a gauge\na 1 # {trace_id=\"0af7651916cd43dd8448eb211c80319c\"} 1\n# EOF\n")]
    [TestCase("# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\na_count 1\na_sum 1\n# EOF\n", Description = "not 1.0")]
    [TestCase("# TYPE a histogram\na_bucket{le=\"1.0\"} 2\na_bucket{le=\"+Inf\"} 1\n# EOF\n")]
    [TestCase("# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n")]
    public void The_parser_of_the_tests_refuses(string text) =>
        Assert.That(() => OpenMetricsDocument.Parse(text), Throws.InstanceOf<InvalidDataException>());
}
