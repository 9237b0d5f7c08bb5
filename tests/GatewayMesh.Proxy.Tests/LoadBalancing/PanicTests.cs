using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Tests.LoadBalancing.Balancers;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

/// <summary>Panic: with too few instances left, health is ignored.</summary>
public sealed class PanicTests
{
    private const int Draws = 20_000;

    [Test]
    public void Below_the_panic_threshold_requests_are_spread_over_all()
    {
        var fleet = Random(6, unhealthy: 2);
        Fleet.Fail(fleet[2], 3);
        Assert.That(fleet.Count(500).Take(3), Is.All.Zero, "three of six is not below one half");

        Fleet.Fail(fleet[3], 3);
        var counts = fleet.Count(Draws);
        foreach (var i in (int[])[0, 1, 4, 5])
        {
            Bound.AssertShare(counts[i], Draws, 1 / 4.0);
        }

        Assert.That(counts[2] + counts[3], Is.Zero, "they just failed to respond to this process");
    }

    [Test]
    public void Panic_uses_instances_that_were_ejected_for_their_responses()
    {
        var fleet = Random(2, unhealthy: 1);
        Fleet.Fail(fleet[1], 5, EndpointOutcome.ServerError);
        Assert.That(fleet.Count(500), Has.All.GreaterThan(100));
    }

    [Test]
    public void When_all_instances_failed_to_respond_all_are_used()
    {
        var fleet = Random(3, unhealthy: 0);
        for (var i = 0; i < 3; i++)
        {
            Fleet.Fail(fleet[i], 3);
        }

        Assert.That(fleet.Count(500), Has.All.GreaterThan(50));
    }

    [Test]
    public void The_panic_threshold_comes_from_the_policy()
    {
        Assert.That(Random(10, unhealthy: 8, threshold: 0.2).Count(1000).Take(8), Is.All.Zero);
        Assert.That(Random(10, unhealthy: 8, threshold: 0.21).Count(1000), Has.All.GreaterThan(0));
        Assert.That(LoadBalancingModel.Default.PanicThreshold, Is.EqualTo(0.5));
    }

    [Test]
    public void A_panic_threshold_of_0_means_no_panic_while_one_instance_is_left()
    {
        var fleet = Random(10, unhealthy: 8, threshold: 0);
        Fleet.Fail(fleet[8], 3);
        Assert.That(fleet.Count(500)[9], Is.EqualTo(500));
    }

    [Test]
    public void Panic_ends_when_enough_instances_are_back()
    {
        var fleet = Random(4, unhealthy: 2);
        Fleet.Fail(fleet[2], 3);
        Assert.That(fleet.Count(500)[0], Is.GreaterThan(0));
        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        fleet[2].Begin().End(EndpointOutcome.Success);
        Assert.That(fleet.Count(500).Take(2), Is.All.Zero);
    }

    [Test]
    public void A_dead_instance_is_soon_avoided_in_panic()
    {
        var fleet = new Fleet(3, unhealthy: 2);
        var failed = 0;
        for (var i = 0; i < 1000; i++)
        {
            var lease = fleet.Pick();
            var dead = !lease.Endpoint.Healthy;
            failed += dead ? 1 : 0;
            fleet.Time.Advance(TimeSpan.FromMilliseconds(2));
            if (!dead)
            {
                lease.Answered(1);
            }

            lease.End(dead ? EndpointOutcome.ConnectFailed : EndpointOutcome.Success, answered: !dead);
        }

        // Three failures each, and then no attempt for ten seconds.
        Assert.That(failed, Is.InRange(1, 6));
    }

    private static Fleet Random(int instances, int unhealthy, double threshold = 0.5) =>
        new(instances, unhealthy, model => model with { Policy = BalancingPolicy.Random, PanicThreshold = threshold });
}
