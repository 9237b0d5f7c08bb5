using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Tests.LoadBalancing.Balancers;

/// <summary>What weights do under each policy.</summary>
public sealed class WeightTests
{
    private const int Draws = 20_000;

    [TestCase(BalancingPolicy.Weighted)]
    [TestCase(BalancingPolicy.LeastRequest, Description = "nobody has a request in flight, so that the first drawn is picked")]
    [TestCase(BalancingPolicy.PeakEwma, Description = "likewise")]
    public void Shares_are_those_of_the_weights(BalancingPolicy policy)
    {
        var counts = Weighted(policy, 1, 2, 5).Count(Draws);
        Bound.AssertShare(counts[0], Draws, 1 / 8.0);
        Bound.AssertShare(counts[1], Draws, 2 / 8.0);
        Bound.AssertShare(counts[2], Draws, 5 / 8.0);
    }

    [Test]
    public void Random_leaves_weights_aside()
    {
        foreach (var count in Weighted(BalancingPolicy.Random, 1, 2, 5).Count(Draws))
        {
            Bound.AssertShare(count, Draws, 1 / 3.0);
        }
    }

    [Test]
    public void Round_robin_gives_each_its_weight_in_every_round_and_spreads_it()
    {
        var fleet = Weighted(BalancingPolicy.RoundRobin, 1, 2, 5);
        var turns = Enumerable.Range(0, 16).Select(_ => Place(fleet)).ToList();
        Assert.That(turns.Take(8).CountBy(place => place).OrderBy(pair => pair.Key).Select(pair => pair.Value), Is.EqualTo(new[] { 1, 2, 5 }));
        Assert.That(turns.Skip(8), Is.EqualTo(turns.Take(8)));
        Assert.That(Enumerable.Range(0, 14).Any(i => turns[i] == 2 && turns[i + 1] == 2 && turns[i + 2] == 2), Is.False, "not all at once");
    }

    [Test]
    public void Round_robin_takes_each_in_turn_where_weights_are_even()
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

        // Two instances are always both looked at: the one with less for its weight gets the next, so neither is off by more than one request.
        Assert.That(fleet[0].InFlight, Is.InRange(98, 102));
    }

    [TestCase(BalancingPolicy.PeakEwma)]
    [TestCase(BalancingPolicy.LeastRequest)]
    [TestCase(BalancingPolicy.RoundRobin)]
    [TestCase(BalancingPolicy.Weighted)]
    [TestCase(BalancingPolicy.RingHash)]
    [TestCase(BalancingPolicy.Maglev)]
    public void Weight_0_is_no_request_while_another_has_a_weight(BalancingPolicy policy)
    {
        Assert.That(Weighted(policy, 0, 1, 1).Count(500)[0], Is.Zero);
        Assert.That(Weighted(policy, 0, 0).Count(500), Has.All.GreaterThan(0), "all of them 0: all alike");
    }

    [Test]
    public void A_new_weight_counts_from_the_next_snapshot_on()
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
