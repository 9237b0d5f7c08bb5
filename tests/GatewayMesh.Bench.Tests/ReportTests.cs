using System.Xml.Linq;
using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Reports;
using GatewayMesh.Bench.Runs;

namespace GatewayMesh.Bench.Tests;

/// <summary>From measurements to the table.</summary>
public sealed class ReportTests
{
    private static readonly Figure Cost = new("cpu", "CPU", "µs", Step.Saturated, measurement => measurement.ProcessorMicroseconds, 0.85);

    [Test]
    public void The_spread_of_an_even_number_of_values_has_the_middle_as_median() =>
        Assert.That(Spread.Of([4, 1, 3, 2]), Is.EqualTo(new Spread(2.5, 1, 4)));

    [Test]
    public void Nothing_has_no_spread() => Assert.That(Spread.Of([]), Is.Null);

    [Test]
    public void Ratios_are_taken_within_each_round()
    {
        var result = Result.Of(Cost, [Measured("GatewayMesh", 1, 80), Measured("HAProxy", 1, 100), Measured("GatewayMesh", 2, 300), Measured("HAProxy", 2, 200)]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.Compared, Is.EqualTo(new Spread(1.15, 0.8, 1.5)));
            Assert.That(result.IsMet, Is.False);
            Assert.That(result.Values["HAProxy"].Median, Is.EqualTo(150));
        }
    }

    [Test]
    public void More_may_be_better()
    {
        var figure = Cost with { MoreIsBetter = true, Target = 0.95 };

        Assert.That(Result.Of(figure, [Measured("GatewayMesh", 1, 96), Measured("HAProxy", 1, 100)]).IsMet, Is.True);
    }

    [Test]
    public void A_figure_without_a_rival_is_held_to_its_own_value() =>
        Assert.That(Result.Of(Cost with { Rival = null, Target = 20 }, [Measured("GatewayMesh", 1, 19)]).IsMet, Is.True);

    [Test]
    public void The_share_of_policies_is_a_part_of_the_cost_with_them()
    {
        var figure = Cost with { Rival = "without", Comparison = Comparison.SharePercent };

        Assert.That(Result.Of(figure, [Measured("GatewayMesh", 1, 100), Measured("without", 1, 50)]).Compared!.Median, Is.EqualTo(50));
    }

    [Test]
    public void A_figure_without_measurements_is_neither_met_nor_missed() => Assert.That(Result.Of(Cost, []).IsMet, Is.Null);

    [Test]
    public void The_table_shows_each_peer_the_ratio_and_a_missed_target()
    {
        var result = Result.Of(Cost, [Measured("GatewayMesh", 1, 90), Measured("HAProxy", 1, 100)]);

        var versions = new Dictionary<string, string> { ["GatewayMesh"] = "1", ["HAProxy"] = "2" };
        var table = TextReport.Table(new("title", versions, [result], [], new Dictionary<string, string>()));

        Assert.That(
            table.Split('\n'),
            Is.EqualTo(
            [
                "| figure | unit | GatewayMesh | HAProxy | compared         | target |        |",
                "|--------|------|-------------|---------|------------------|--------|--------|",
                "| CPU    | µs   | 90          | 100     | 0.90 [0.90–0.90] | ≤ 0.85 | missed |",
            ]));
    }

    [Test]
    public void Compared_with_itself_GatewayMesh_shows_the_value_of_what_is_compared()
    {
        var figure = Cost with { Subject = "large", Rival = "GatewayMesh", Besides = Setup.LargePair, Comparison = Comparison.ExtraPercent };
        var versions = new Dictionary<string, string> { ["GatewayMesh"] = "1", ["HAProxy"] = "2" };
        var result = Result.Of(figure, [Measured("GatewayMesh", 1, 100), Measured("HAProxy", 1, 80), Measured("large", 1, 104)]);

        var table = TextReport.Table(new("title", versions, [result], [], new Dictionary<string, string>()));

        Assert.That(table, Does.EndWith("| CPU    | µs   | 104         |         | 4.0 [4.0–4.0] % | ≤ 0.85 % | missed |"));
    }

    [Test]
    public void A_peer_that_did_not_reach_the_rate_or_failed_requests_is_named()
    {
        var slow = new Measurement(Step.Rate4000.Name, "Caddy", 2) { WantedPerSecond = 4000, RequestsPerSecond = 2626 };
        var failed = new Measurement(Step.Saturated.Name, "nginx", 1) { Requests = 200, Failures = 2 };

        var text = TextReport.Of(new("title", new Dictionary<string, string>(), [], [slow, failed], new Dictionary<string, string>()));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(text, Does.Contain("Slower than the rate: 2626 a second, Caddy, pair, 4000 a second, round 2"));
            Assert.That(text, Does.Contain("Failed: 2 of 200 requests, nginx, pair, saturated, round 1"));
        }
    }

    [Test]
    public void The_chart_is_well_formed_and_shows_what_missed_its_target()
    {
        var result = Result.Of(Cost with { Name = "CPU < RAM" }, [Measured("GatewayMesh", 1, 90), Measured("HAProxy", 1, 100)]);

        var svg = XDocument.Parse(SvgChart.Of(new("title", new Dictionary<string, string>(), [result], [], new Dictionary<string, string>())));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(svg.Descendants().Select(element => element.Value), Has.Member("CPU < RAM").And.Member("0.90 [0.90–0.90]"));
            Assert.That(svg.Descendants().Attributes("fill").Select(color => color.Value), Has.Member("#c0504d").And.No.Member("#2e8b57"));
        }
    }

    [TestCase(false, 0.425, 0.5)]
    [TestCase(true, 1.7, 0.5)]
    [TestCase(false, -3, 0)]
    public void The_chart_shows_multiples_of_the_target(bool moreIsBetter, double value, double expected) =>
        Assert.That(SvgChart.ShareOfTarget(Cost with { MoreIsBetter = moreIsBetter }, value), Is.EqualTo(expected).Within(1e-9));

    private static Measurement Measured(string deployment, int round, double processor) =>
        new(Step.Saturated.Name, deployment, round) { ProcessorMicroseconds = processor };
}
