using GatewayMesh.Guard;

namespace GatewayMesh.Tests.Guard;

public class MetricsTextTests
{
    private const string Own =
        "# HELP a_total A.\n# TYPE a_total counter\na_total{by=\"guard\"} 1\n# HELP tier T.\n# TYPE tier gauge\ntier 1\n";
    private const string Other =
        "# HELP a_total A.\n# TYPE a_total counter\na_total{by=\"worker\"} 2\n# HELP tier T.\n# TYPE tier gauge\ntier 0\n# HELP b B.\n# "
            + "TYPE b gauge\nb 3\n";

    [Test]
    public void Shared_family_gets_one_head_and_all_samples() =>
        Assert.That(
            MetricsText.Join(Own, Other),
            Does.Contain(
                "# TYPE a_total counter\na_total{by=\"guard\"} 1\na_total{by=\"worker\"} 2\n").And.Contain("# TYPE b gauge\nb 3\n"));

    [Test]
    public void Family_owned_by_the_guard_drops_the_worker_samples()
    {
        var joined = MetricsText.Join(Own, Other, "tier");

        Assert.That(joined, Does.Contain("tier 1\n").And.Not.Contain("tier 0\n"));
        Assert.That(joined.Split("# TYPE tier").Length, Is.EqualTo(2));
    }

    [Test]
    public void Missing_worker_metrics_leave_the_guard_metrics_unchanged() =>
        Assert.That(MetricsText.Join(Own, ""), Is.EqualTo(Own));
}
