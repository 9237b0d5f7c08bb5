using GatewayMesh.Guard;

namespace GatewayMesh.Tests.Guard;

public class MetricsTextTests
{
    private const string Own = "# HELP a_total A.\n# TYPE a_total counter\na_total{by=\"guard\"} 1\n# HELP tier T.\n# TYPE tier gauge\ntier 1\n";
    private const string Other = "# HELP a_total A.\n# TYPE a_total counter\na_total{by=\"worker\"} 2\n# HELP tier T.\n# TYPE tier gauge\ntier 0\n# HELP b B.\n# TYPE b gauge\nb 3\n";

    [Test]
    public void A_family_that_both_have_gets_one_head_and_all_samples() =>
        Assert.That(MetricsText.Join(Own, Other), Does.Contain("# TYPE a_total counter\na_total{by=\"guard\"} 1\na_total{by=\"worker\"} 2\n").And.Contain("# TYPE b gauge\nb 3\n"));

    [Test]
    public void A_family_that_the_guard_knows_better_is_the_guards_alone()
    {
        var joined = MetricsText.Join(Own, Other, "tier");

        Assert.That(joined, Does.Contain("tier 1\n").And.Not.Contain("tier 0\n"));
        Assert.That(joined.Split("# TYPE tier").Length, Is.EqualTo(2));
    }

    [Test]
    public void Nothing_from_the_worker_leaves_the_guards_words_as_they_are() =>
        Assert.That(MetricsText.Join(Own, ""), Is.EqualTo(Own));
}
