using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Balancers;
using GatewayMesh.Proxy.Tests.LoadBalancing.Balancers;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

/// <summary>Preference for this node's zone, with spillover.</summary>
public sealed class ZoneTests
{
    private const int Draws = 20_000;

    [Test]
    public void All_requests_stay_while_enough_instances_of_the_zone_are_usable()
    {
        var fleet = TwoZones(near: 10, far: 10);
        Eject(fleet, 3);
        Assert.That(Near(fleet), Is.EqualTo(Draws), "seven of ten is not below 70 %");
    }

    [Test]
    public void Below_the_threshold_requests_spill_over_in_proportion()
    {
        var fleet = TwoZones(near: 10, far: 10);
        Eject(fleet, 5);
        Bound.AssertShare(Near(fleet), Draws, 0.5 / 0.7);
    }

    [Test]
    public void SpillBelow_sets_the_spillover_threshold()
    {
        var fleet = TwoZones(near: 10, far: 10, zone: new() { SpillBelow = 1 });
        Eject(fleet, 1);
        Bound.AssertShare(Near(fleet), Draws, 0.9);
    }

    [Test]
    public void Unhealthy_instances_count_like_ejected_ones()
    {
        var fleet = TwoZones(near: 10, far: 10, unhealthy: 5);
        Bound.AssertShare(Near(fleet), Draws, 0.5 / 0.7);
    }

    [Test]
    public void When_no_instance_of_the_zone_is_usable_all_requests_go_to_other_zones()
    {
        var fleet = TwoZones(near: 2, far: 4);
        Eject(fleet, 2);
        Assert.That(Near(fleet), Is.Zero);
    }

    [Test]
    public void A_retry_goes_to_another_zone_after_all_instances_of_the_zone_were_tried()
    {
        var fleet = TwoZones(near: 1, far: 2);
        var tried = default(TriedEndpoints);
        Assert.That(fleet.Pick(ref tried).Endpoint.Zone, Is.EqualTo("a"));
        Assert.That(fleet.Pick(ref tried).Endpoint.Zone, Is.EqualTo("b"));
    }

    [Test]
    public void Zones_can_be_ignored()
    {
        var fleet = TwoZones(near: 2, far: 2, zone: new() { First = false });
        Bound.AssertShare(Near(fleet), Draws, 0.5);
    }

    [TestCase(null)]
    [TestCase("c")]
    public void A_node_without_a_zone_or_without_instances_in_it_sends_everywhere(string? own)
    {
        var fleet = new Fleet([.. Fleet.Models(4).Select((model, i) => model with { Zone = i < 2 ? "a" : "b" })], Random, zone: own);
        Bound.AssertShare(Near(fleet), Draws, 0.5);
    }

    [Test]
    public void A_hash_key_stays_in_its_sampled_zone()
    {
        var fleet = TwoZones(near: 10, far: 10, policy: BalancingPolicy.RingHash);
        Eject(fleet, 5);
        var hashes = Enumerable.Range(0, 500).Select(key => RequestHash.None.With(StableHash.Mix((ulong)key))).ToList();
        string[] Owners() => [.. hashes.Select(hash => fleet.Pick(hash).Endpoint.Id)];
        var before = Owners();
        Assert.That(Owners(), Is.EqualTo(before));
    }

    private static LoadBalancingModel Random(LoadBalancingModel model) => model with { Policy = BalancingPolicy.Random };

    private static Fleet TwoZones(
        int near, int far, ZoneModel? zone = null, int unhealthy = 0, BalancingPolicy policy = BalancingPolicy.Random)
    {
        EndpointModel[] models = [
            .. Fleet.Models(near + far).Select((model, i) => model with { Zone = i < near ? "a" : "b", Healthy = i >= unhealthy })];
        return new Fleet(models, model => model with { Policy = policy, Zone = zone ?? ZoneModel.Default }, zone: "a");
    }

    private static void Eject(Fleet fleet, int count)
    {
        foreach (var state in fleet.Set.All.Where(state => state.Model.Zone == "a").Take(count))
        {
            Fleet.Fail(state, 3);
        }
    }

    private static int Near(Fleet fleet)
    {
        var counts = fleet.Count(Draws);
        return Enumerable.Range(0, counts.Length).Where(i => fleet[i].Model.Zone == "a").Sum(i => counts[i]);
    }
}
