using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Tests.LoadBalancing.Balancers;

/// <summary>Effect of weights under each policy.</summary>
public sealed class WeightTests
{
    private const int Draws = 20_000;

    [TestCase(BalancingPolicy.Weighted)]
    [TestCase(BalancingPolicy.LeastRequest, Description = "no request is in flight, so the first sample is selected")]
    [TestCase(BalancingPolicy.PeakEwma, Description = "same as above")]
    public void Shares_are_those_of_the_weights(BalancingPolicy policy)
    {
        var counts = Weighted(policy, 1, 2, 5).Count(Draws);
        Bound.AssertShare(counts[0], Draws, 1 / 8.0);
        Bound.AssertShare(counts[1], Draws, 2 / 8.0);
        Bound.AssertShare(counts[2], Draws, 5 / 8.0);
    }

    [Test]
    public void Random_ignores_weights()
    {
        foreach (var count in Weighted(BalancingPolicy.Random, 1, 2, 5).Count(Draws))
        {
            Bound.AssertShare(count, Draws, 1 / 3.0);
        }
    }

    [Test]
    public void Round_robin_gives_each_instance_its_weight_per_round_evenly_spread()
    {
        var fleet = Weighted(BalancingPolicy.RoundRobin, 1, 2, 5);
        var turns = Enumerable.Range(0, 16).Select(_ => Place(fleet)).ToList();
        Assert.That(
            turns.Take(8).CountBy(place => place).OrderBy(pair => pair.Key).Select(pair => pair.Value), Is.EqualTo(new[] { 1, 2, 5 }));
        Assert.That(turns.Skip(8), Is.EqualTo(turns.Take(8)));
        Assert.That(Enumerable.Range(0, 14).Any(i => turns[i] == 2 && turns[i + 1] == 2 && turns[i + 2] == 2), Is.False, "not all at once");
    }

    [Test]
    public void Round_robin_takes_turns_with_even_weights()
    {
        var fleet = new Fleet(3, balancing: model => model with { Policy = BalancingPolicy.RoundRobin });
        var turns = Enumerable.Range(0, 6).Select(_ => Place(fleet)).ToList();
        Assert.That(turns.Take(3), Is.EquivalentTo(new[] { 0, 1, 2 }));
        Assert.That(turns.Skip(3), Is.EqualTo(turns.Take(3)));
    }

    [TestCase(BalancingPolicy.LeastRequest)]
    [TestCase(BalancingPolicy.PeakEwma)]
    public void Requests_in_flight_settle_at_the_weights(BalancingPolicy policy)
    {
        var fleet = Weighted(policy, 1, 3);
        for (var i = 0; i < 400; i++)
        {
            fleet.Pick();
        }

        // Both of two instances are always compared: the one with less load for its weight gets the next request, so neither deviates by
        // more than one request.
        Assert.That(fleet[0].InFlight, Is.InRange(98, 102));
    }

    [TestCase(BalancingPolicy.PeakEwma)]
    [TestCase(BalancingPolicy.LeastRequest)]
    [TestCase(BalancingPolicy.RoundRobin)]
    [TestCase(BalancingPolicy.Weighted)]
    [TestCase(BalancingPolicy.RingHash)]
    [TestCase(BalancingPolicy.Maglev)]
    public void Weight_0_gets_no_request_while_another_has_a_weight(BalancingPolicy policy)
    {
        Assert.That(Weighted(policy, 0, 1, 1).Count(500)[0], Is.Zero);
        Assert.That(Weighted(policy, 0, 0).Count(500), Has.All.GreaterThan(0), "all weights 0 count as equal");
    }

    [Test]
    public void A_new_weight_applies_from_the_next_snapshot()
    {
        var fleet = Weighted(BalancingPolicy.Weighted, 1, 1);
        fleet.Apply(Fleet.Model(0) with { Weight = 3 }, Fleet.Model(1));
        Bound.AssertShare(fleet.Count(Draws)[0], Draws, 0.75);
    }

    internal static Fleet Weighted(BalancingPolicy policy, params int[] weights) => new(
        [.. weights.Select((weight, i) => Fleet.Model(i) with { Weight = weight })],
        model => model with { Policy = policy });

    private static int Place(Fleet fleet)
    {
        var lease = fleet.Pick();
        lease.End(EndpointOutcome.Success);
        return fleet.Set.All.IndexOf(lease.State);
    }
}
