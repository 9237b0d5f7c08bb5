using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Tests.LoadBalancing.Balancers;

/// <summary>The policy that considers latency.</summary>
public sealed class PeakEwmaTests
{
    [Test]
    public void An_unmeasured_instance_has_the_default_latency()
    {
        Assert.That(new Fleet(1)[0].Latency, Is.EqualTo(TimeSpan.FromMilliseconds(30)).Within(TimeSpan.FromMicroseconds(1)));
        Assert.That(
            WithEwma(1, new() { DefaultRtt = TimeSpan.FromMilliseconds(7) })[0].Latency,
            Is.EqualTo(TimeSpan.FromMilliseconds(7)).Within(TimeSpan.FromMicroseconds(1)));
    }

    [Test]
    public void The_average_jumps_to_a_peak_and_decays()
    {
        var fleet = WithEwma(1, new() { Decay = TimeSpan.FromSeconds(2) });
        fleet.Serve(fleet[0].Begin(), TimeSpan.FromSeconds(1));
        Assert.That(fleet[0].Latency.TotalSeconds, Is.EqualTo(1).Within(1e-4));
        fleet.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(fleet[0].Latency.TotalSeconds, Is.EqualTo(Math.Exp(-1)).Within(1e-4), "37 % after one decay");
    }

    [Test]
    public void A_faster_response_weighs_by_the_time_since_the_last()
    {
        var fleet = new Fleet(1);
        fleet.Serve(fleet[0].Begin(), TimeSpan.FromSeconds(1));
        fleet.Time.Advance(TimeSpan.FromSeconds(5));
        fleet.Serve(fleet[0].Begin(), TimeSpan.FromMilliseconds(100));
        var left = Math.Exp(-5.1 / 10);
        Assert.That(fleet[0].Latency.TotalSeconds, Is.EqualTo(left + (0.1 * (1 - left))).Within(1e-4));
    }

    [Test]
    public void The_slower_of_two_instances_gets_few_requests()
    {
        var (slow, all) = ServeFastAndSlow(BalancingPolicy.PeakEwma);

        // Its cost of 500 ms sinks below 5 ms after 10 s × ln 100 = 46 s, which at one request per 5 ms is one of 9,200.
        Assert.That(slow, Is.InRange(1, 1 + (all / 9200)));
    }

    [Test]
    public void Round_robin_gives_the_slower_instance_every_second_request()
    {
        var (slow, all) = ServeFastAndSlow(BalancingPolicy.RoundRobin);
        Assert.That(slow, Is.EqualTo(all / 2));
    }

    [Test]
    public void Enough_load_outweighs_latency()
    {
        var fleet = WithEwma(2, new() { DefaultRtt = TimeSpan.FromMicroseconds(1) });
        fleet.Serve(fleet[0].Begin(), TimeSpan.FromMilliseconds(10));
        fleet.Serve(fleet[1].Begin(), TimeSpan.FromMilliseconds(40));
        var leases = Enumerable.Range(0, 50).Select(_ => fleet.Pick()).ToList();

        // ewma × (in flight + 1) stays balanced: ten to forty, so four fifths at the first.
        Assert.That(leases.Count(lease => lease.State == fleet[0]), Is.InRange(38, 42));
    }

    [Test]
    public void A_fast_failure_attracts_no_traffic()
    {
        var fleet = new Fleet(2, ejection: model => model with { MaxEjectedPercent = 0 });
        var failed = 0;
        for (var i = 0; i < 2000; i++)
        {
            var lease = fleet.Pick();
            var dead = lease.State == fleet[0];
            failed += dead ? 1 : 0;
            fleet.Serve(lease, TimeSpan.FromMilliseconds(dead ? 0 : 5), dead ? EndpointOutcome.ConnectFailed : EndpointOutcome.Success);
        }

        Assert.That(failed, Is.EqualTo(1), "a penalty of 1 s sinks below 5 ms after 53 s, and ten have passed");
    }

    [Test]
    public void Without_a_penalty_a_fast_failure_attracts_traffic()
    {
        var fleet = new Fleet(
            2,
            balancing: model => model with { Ewma = new() { FailurePenalty = TimeSpan.Zero } },
            ejection: model => model with { ConsecutiveFailures = 1000 });
        for (var i = 0; i < 200; i++)
        {
            var lease = fleet.Pick();
            var dead = lease.State == fleet[0];
            fleet.Time.Advance(TimeSpan.FromMilliseconds(5));
            if (!dead)
            {
                lease.Answered(1);
            }

            lease.End(dead ? EndpointOutcome.ConnectFailed : EndpointOutcome.Success, answered: !dead);
        }

        Assert.That(fleet[0].ConsecutiveFailures, Is.GreaterThan(100));
    }

    [Test]
    public void A_cancelled_wait_is_a_lower_bound_of_the_latency()
    {
        var fleet = new Fleet(1);
        var lease = fleet[0].Begin();
        fleet.Time.Advance(TimeSpan.FromSeconds(3));
        lease.End(EndpointOutcome.Cancelled);
        Assert.That(fleet[0].Latency.TotalSeconds, Is.EqualTo(3).Within(1e-4));

        var stream = fleet[0].Begin();
        stream.Answered(1);
        fleet.Time.Advance(TimeSpan.FromMinutes(10));
        stream.End(EndpointOutcome.Cancelled, answered: true);
        Assert.That(fleet[0].Latency.TotalSeconds, Is.LessThan(3), "the end of a stream does not count as latency");
    }

    [Test]
    public void After_an_ejection_the_latency_restarts_at_the_default()
    {
        var fleet = new Fleet(1);
        Fleet.Fail(fleet[0], 3);
        Assert.That(fleet[0].Latency.TotalSeconds, Is.EqualTo(1).Within(1e-4));
        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        fleet[0].Begin().End(EndpointOutcome.Success);
        Assert.That(fleet[0].Latency.TotalSeconds, Is.EqualTo(0.03).Within(1e-4));
    }

    [TestCase(2)]
    [TestCase(5)]
    public void More_choices_find_the_best_more_often(int choices)
    {
        const int Draws = 10_000;
        var fleet = new Fleet(10, balancing: model => model with { Policy = BalancingPolicy.LeastRequest, Choices = choices });
        foreach (var state in fleet.Set.All.Skip(1))
        {
            state.Begin();
        }

        // Sampled first or among the others: each of those is uniform over the nine that are not the first.
        var share = 0.1 + (0.9 * (1 - Math.Pow(8 / 9.0, choices - 1)));
        Bound.AssertShare(fleet.Count(Draws)[0], Draws, share);
    }

    [Test]
    public void By_default_two_are_sampled_and_latency_decides()
    {
        var model = LoadBalancingModel.Default;
        Assert.That(
            (model.Policy, model.Choices, model.Ewma.Decay, model.Ewma.DefaultRtt),
            Is.EqualTo((BalancingPolicy.PeakEwma, 2, TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(30))));
    }

    private static (int Slow, int All) ServeFastAndSlow(BalancingPolicy policy)
    {
        const int Requests = 20_000;
        var fleet = new Fleet(2, balancing: model => model with { Policy = policy });
        var slow = 0;
        for (var i = 0; i < Requests; i++)
        {
            var lease = fleet.Pick();
            slow += lease.State == fleet[1] ? 1 : 0;
            fleet.Serve(lease, TimeSpan.FromMilliseconds(lease.State == fleet[1] ? 500 : 5));
        }

        return (slow, Requests);
    }

    private static Fleet WithEwma(int instances, EwmaModel ewma) => new(instances, balancing: model => model with { Ewma = ewma });
}
