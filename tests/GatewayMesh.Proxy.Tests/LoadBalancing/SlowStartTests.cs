using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Tests.LoadBalancing.Balancers;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

/// <summary>A new instance reaches its share gradually.</summary>
public sealed class SlowStartTests
{
    private const int Draws = 20_000;
    private static readonly SlowStartModel Minute = new() { Window = TimeSpan.FromSeconds(60) };

    [TestCase(0, 1, 0.1, 0.1)]
    [TestCase(3, 1, 0.1, 0.1)]
    [TestCase(30, 1, 0.1, 0.5)]
    [TestCase(60, 1, 0.1, 1)]
    [TestCase(15, 2, 0.1, 0.5)]
    [TestCase(30, 0.5, 0.1, 0.25)]
    [TestCase(6, 1, 0.3, 0.3)]
    public void The_slow_start_share_is_elapsed_over_window_to_the_power_of_one_over_aggression(
        double seconds, double aggression, double least, double share) =>
        Assert.That(
            (Minute with { Aggression = aggression, MinWeight = least }).ShareAfter(TimeSpan.FromSeconds(seconds)),
            Is.EqualTo(share).Within(1e-9));

    [TestCase(BalancingPolicy.LeastRequest)]
    [TestCase(BalancingPolicy.Random)]
    [TestCase(BalancingPolicy.Weighted)]
    [TestCase(BalancingPolicy.RoundRobin)]
    public void A_new_instance_gets_its_slow_start_share(BalancingPolicy policy)
    {
        var fleet = Old(policy, 3);
        fleet.Apply(Fleet.Models(4));
        foreach (var (seconds, share) in (ReadOnlySpan<(int, double)>)[(0, 0.1), (30, 0.5), (30, 1)])
        {
            fleet.Time.Advance(TimeSpan.FromSeconds(seconds));

            // Round robin moves on to the next instance, so its rounds are shorter by the skipped ones.
            Bound.AssertShare(
                fleet.Count(Draws)[3], Draws, policy == BalancingPolicy.RoundRobin ? share / (3 + share) : share / 4, $"at {share}");
        }
    }

    [Test]
    public void A_faster_new_instance_gets_no_more_than_its_slow_start_share()
    {
        var fleet = Old(BalancingPolicy.PeakEwma, 3);
        foreach (var state in fleet.Set.All)
        {
            fleet.Serve(state.Begin(), TimeSpan.FromMilliseconds(100));
        }

        fleet.Apply(Fleet.Models(4));
        Bound.AssertShare(
            fleet.Count(Draws)[3], Draws, 0.1 / 2, "the instance is one of the two samples half of the time, and then the better one");
    }

    [Test]
    public void Without_a_slow_start_window_a_new_instance_gets_its_share_at_once()
    {
        var fleet = new Fleet(3, balancing: model => model with { Policy = BalancingPolicy.Random });
        fleet.Time.Advance(TimeSpan.FromHours(1));
        fleet.Apply(Fleet.Models(4));
        Bound.AssertShare(fleet.Count(Draws)[3], Draws, 0.25);
    }

    [Test]
    public void Slow_start_restarts_after_ill_health_or_an_ejection()
    {
        var fleet = Old(BalancingPolicy.Random, 2);
        fleet.Apply(Fleet.Model(0, healthy: false), Fleet.Model(1));
        fleet.Apply(Fleet.Models(2));
        Assert.That(fleet[0].SlowStart, Is.EqualTo(0.1));

        Fleet.Fail(fleet[1], 3);
        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        fleet[1].Begin().End(EndpointOutcome.Success);
        Assert.That((fleet[1].SlowStart, fleet[1].IsEjected), Is.EqualTo((0.1, false)));
    }

    [Test]
    public void When_all_instances_are_new_all_get_equal_shares()
    {
        var fleet = new Fleet(4, balancing: model => model with { Policy = BalancingPolicy.Random, SlowStart = Minute });
        foreach (var count in fleet.Count(Draws))
        {
            Bound.AssertShare(count, Draws, 0.25);
        }
    }

    [Test]
    public void A_single_new_instance_gets_all_requests() =>
        Assert.That(new Fleet(1, balancing: model => model with { SlowStart = Minute }).Count(50), Is.EqualTo(new[] { 50 }));

    private static Fleet Old(BalancingPolicy policy, int instances)
    {
        var fleet = new Fleet(instances, balancing: model => model with { Policy = policy, SlowStart = Minute });
        fleet.Time.Advance(TimeSpan.FromSeconds(60));
        return fleet;
    }
}
