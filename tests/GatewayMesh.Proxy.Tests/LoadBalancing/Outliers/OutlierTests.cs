using GatewayMesh.Configuration.Policies.Ejection;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Outliers;

namespace GatewayMesh.Proxy.Tests.LoadBalancing.Outliers;

/// <summary>Ejection of outliers in an interval.</summary>
public sealed class OutlierTests
{
    private static readonly EjectionModel Off = new()
    {
        ConsecutiveFailures = 0,
        Consecutive5xx = 0,
        MaxEjectedPercent = 1,
        SuccessRate = new() { Enabled = false },
    };
    private static readonly SuccessRateModel Rate = new() { Gap = 0 };

    [Test]
    public void The_success_rate_threshold_is_the_mean_minus_the_deviations()
    {
        // Nine with 1 and one with 0.9: mean 0.99, σ 0.03; with factor 1.9 the threshold is 0.933, with 3.1 it is 0.897.
        var counts = Rates(1, 1, 1, 1, 1, 1, 1, 1, 1, 0.9);
        Assert.That(Judge(counts, Off with { SuccessRate = Rate }), Is.EqualTo(new[] { (9, EjectionCause.SuccessRate) }));
        Assert.That(Judge(counts, Off with { SuccessRate = Rate with { StdevFactor = 3.1 } }), Is.Empty);
        Assert.That(Judge(counts, Off with { SuccessRate = Rate with { Enabled = false } }), Is.Empty);
    }

    [Test]
    public void A_success_rate_must_be_below_the_mean_by_the_gap()
    {
        var counts = Rates(1, 1, 1, 1, 0.96);
        Assert.That(
            Judge(counts, Off with { SuccessRate = Rate }),
            Is.EqualTo(new[] { (4, EjectionCause.SuccessRate) }),
            "σ alone is strict if all others are perfect");
        Assert.That(Judge(counts, Off with { SuccessRate = new() }), Is.Empty, "the default requires a gap of five points");
        Assert.That(Judge(counts, Off with { SuccessRate = Rate with { Gap = 0.03 } }), Has.Length.EqualTo(1));
    }

    [Test]
    public void Success_rates_need_enough_instances_with_enough_requests()
    {
        Assert.That(Judge(Rates(1, 1, 1, 0), Off with { SuccessRate = Rate with { StdevFactor = 1 } }), Is.Empty, "four of five");
        Assert.That(
            Judge(Rates(1, 1, 1, 0), Off with { SuccessRate = Rate with { StdevFactor = 1, MinimumHosts = 4 } }), Has.Length.EqualTo(1));
        EndpointCounts[] few = [.. Rates(1, 1, 1, 1), new(40, 59, 0, default)];
        Assert.That(Judge(few, Off with { SuccessRate = Rate }), Is.Empty, "99 requests");
        Assert.That(Judge(few, Off with { SuccessRate = Rate with { RequestVolume = 99 } }), Has.Length.EqualTo(1));
    }

    [Test]
    public void Failure_percentage_evaluates_each_instance_alone()
    {
        var model = new FailurePercentageModel { Enabled = true };
        var counts = Rates(0.15, 0.15, 0.16, 1, 1);
        Assert.That(
            Judge(counts, Off with { FailurePercentage = model }).Select(one => one.Index), Is.EqualTo(new[] { 0, 1 }), "from 85 % on");
        Assert.That(
            Judge(counts, Off with { FailurePercentage = model with { Threshold = 0.84 } }).Select(one => one.Index),
            Is.EqualTo(new[] { 0, 1, 2 }));
        Assert.That(Judge(counts, Off), Is.Empty, "off by default");
        Assert.That(Judge(counts, Off with { FailurePercentage = model with { MinimumHosts = 6 } }), Is.Empty);
        Assert.That(Judge([.. Rates(1, 1, 1, 1), new(0, 49, 0, default)], Off with { FailurePercentage = model }), Is.Empty, "49 requests");
        Assert.That(Judge([.. Rates(1, 1, 1, 1), new(0, 50, 0, default)], Off with { FailurePercentage = model }), Has.Length.EqualTo(1));
    }

    [Test]
    public void Latency_is_compared_with_the_median_of_the_instances()
    {
        var model = new LatencyModel { Enabled = true };
        var counts = Means(10, 11, 12, 13, 37);
        Assert.That(Judge(counts, Off with { Latency = model }), Is.EqualTo(new[] { (4, EjectionCause.Latency) }), "more than 36 ms");
        Assert.That(Judge(Means(10, 11, 12, 13, 36), Off with { Latency = model }), Is.Empty);
        Assert.That(Judge(counts, Off with { Latency = model with { Factor = 4 } }), Is.Empty);
        Assert.That(Judge(counts, Off with { Latency = model with { AtLeast = TimeSpan.FromMilliseconds(50) } }), Is.Empty);
        Assert.That(Judge(counts, Off with { Latency = model with { MinimumHosts = 6 } }), Is.Empty);
        Assert.That(Judge(counts, Off with { Latency = model with { RequestVolume = 101 } }), Is.Empty);
        Assert.That(Judge(counts, Off), Is.Empty, "off by default");
    }

    [Test]
    public void Outliers_are_listed_once_worst_first()
    {
        var model = Off with { SuccessRate = new() { StdevFactor = 0.5 }, FailurePercentage = new() { Enabled = true, Threshold = 0.3 } };
        Assert.That(
            Judge(Rates(1, 1, 1, 0.6, 0.1), model),
            Is.EqualTo(new[] { (4, EjectionCause.SuccessRate), (3, EjectionCause.FailurePercentage) }));
    }

    [Test]
    public void Outliers_are_ejected_only_at_the_end_of_an_interval_and_counts_are_used_once()
    {
        var fleet = new Fleet(5, ejection: _ => Off with { SuccessRate = new() });
        Serve(fleet);
        fleet.Time.Advance(TimeSpan.FromSeconds(9.9));
        fleet.Registry.Tick();
        Assert.That(fleet.Ejected, Is.Empty);

        fleet.Time.Advance(TimeSpan.FromSeconds(0.1));
        fleet.Registry.Tick();
        Assert.That(fleet.Ejected, Is.EqualTo(new[] { (fleet[4], EjectionCause.SuccessRate) }));

        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        fleet[4].Begin().End(EndpointOutcome.Success);
        fleet.Registry.Tick();
        Assert.That(fleet.Ejected, Has.Count.EqualTo(1), "a new interval starts from zero");
    }

    [Test]
    public void The_interval_setting_is_the_evaluation_period()
    {
        var fleet = new Fleet(5, ejection: _ => Off with { SuccessRate = new(), Interval = TimeSpan.FromSeconds(2) });
        Serve(fleet);
        fleet.Time.Advance(TimeSpan.FromSeconds(2));
        fleet.Registry.Tick();
        Assert.That(fleet.Ejected, Has.Count.EqualTo(1));
    }

    [Test]
    public void The_last_ejection_permit_goes_to_the_worst_outlier()
    {
        var fleet = new Fleet(
            6,
            ejection: _ =>
                Off with { MaxEjectedPercent = 0.1, FailurePercentage = new() { Enabled = true, Threshold = 0.5, MinimumHosts = 2 } });
        foreach (var (state, index) in fleet.Set.All.Select((state, index) => (state, index)))
        {
            Fleet.Fail(state, index == 3 ? 40 : index == 5 ? 50 : 0, EndpointOutcome.ServerError);
            Fleet.Fail(state, 20, EndpointOutcome.Success);
        }

        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        fleet.Registry.Tick();
        Assert.That(fleet.Ejected, Is.EqualTo(new[] { (fleet[5], EjectionCause.FailurePercentage) }));
    }

    [Test]
    public void A_slow_instance_is_ejected_for_its_latency()
    {
        var fleet = new Fleet(5, ejection: _ => Off with { Latency = new() { Enabled = true, RequestVolume = 10 } });
        foreach (var (state, index) in fleet.Set.All.Select((state, index) => (state, index)))
        {
            for (var i = 0; i < 10; i++)
            {
                fleet.Serve(state.Begin(), TimeSpan.FromMilliseconds(index == 2 ? 90 : 20));
            }
        }

        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        fleet.Registry.Tick();
        Assert.That(fleet.Ejected, Is.EqualTo(new[] { (fleet[2], EjectionCause.Latency) }));
    }

    private static void Serve(Fleet fleet)
    {
        foreach (var state in fleet.Set.All)
        {
            for (var i = 0; i < 100; i++)
            {
                state.Begin().End(state == fleet[4] && i % 2 == 0 ? EndpointOutcome.ServerError : EndpointOutcome.Success);
            }
        }
    }

    private static EndpointCounts[] Rates(params double[] rates) =>
        [.. rates.Select(rate => new EndpointCounts((long)Math.Round(rate * 100), 100 - (long)Math.Round(rate * 100), 0, default))];

    private static EndpointCounts[] Means(params double[] milliseconds) =>
        [.. milliseconds.Select(mean => new EndpointCounts(100, 0, 100, TimeSpan.FromMilliseconds(mean) * 100))];

    private static (int Index, EjectionCause Cause)[] Judge(EndpointCounts[] counts, EjectionModel model) =>
        [.. OutlierSearch.Of(counts, model)];
}
