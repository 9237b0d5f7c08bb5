using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Balancers;
using GatewayMesh.Proxy.Tests.LoadBalancing.Balancers;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

/// <summary>The own zone first, with spill-over.</summary>
public sealed class ZoneTests
{
    private const int Draws = 20_000;

    [Test]
    public void While_enough_of_the_own_zone_are_usable_everything_stays()
    {
        var fleet = TwoZones(near: 10, far: 10);
        Eject(fleet, 3);
        Assert.That(Near(fleet), Is.EqualTo(Draws), "seven of ten is not below 70 %");
    }

    [Test]
    public void Below_that_the_rest_spills_over_in_proportion()
    {
        var fleet = TwoZones(near: 10, far: 10);
        Eject(fleet, 5);
        Bound.AssertShare(Near(fleet), Draws, 0.5 / 0.7);
    }

    [Test]
    public void SpillBelow_says_when()
    {
        var fleet = TwoZones(near: 10, far: 10, zone: new() { SpillBelow = 1 });
        Eject(fleet, 1);
        Bound.AssertShare(Near(fleet), Draws, 0.9);
    }

    [Test]
    public void Those_that_the_registry_calls_ill_count_as_those_that_are_ejected()
    {
        var fleet = TwoZones(near: 10, far: 10, ill: 5);
        Bound.AssertShare(Near(fleet), Draws, 0.5 / 0.7);
    }

    [Test]
    public void When_none_of_the_own_zone_is_usable_all_go_elsewhere()
    {
        var fleet = TwoZones(near: 2, far: 4);
        Eject(fleet, 2);
        Assert.That(Near(fleet), Is.Zero);
    }

    [Test]
    public void A_retry_goes_to_another_zone_when_the_own_has_been_tried()
    {
        var fleet = TwoZones(near: 1, far: 2);
        var tried = default(TriedEndpoints);
        Assert.That(fleet.Pick(ref tried).Endpoint.Zone, Is.EqualTo("a"));
        Assert.That(fleet.Pick(ref tried).Endpoint.Zone, Is.EqualTo("b"));
    }

    [Test]
    public void Zones_can_be_left_aside()
    {
        var fleet = TwoZones(near: 2, far: 2, zone: new() { First = false });
        Bound.AssertShare(Near(fleet), Draws, 0.5);
    }

    [TestCase(null)]
    [TestCase("c")]
    public void A_node_without_a_zone_or_alone_in_it_sends_everywhere(string? own)
    {
        var fleet = new Fleet([.. Fleet.Models(4).Select((model, i) => model with { Zone = i < 2 ? "a" : "b" })], Random, zone: own);
        Bound.AssertShare(Near(fleet), Draws, 0.5);
    }

    [Test]
    public void A_key_stays_in_the_zone_that_is_drawn_for_it()
    {
        var fleet = TwoZones(near: 10, far: 10, policy: BalancingPolicy.RingHash);
        Eject(fleet, 5);
        var hashes = Enumerable.Range(0, 500).Select(key => RequestHash.None.With(StableHash.Mix((ulong)key))).ToList();
        string[] Owners() => [.. hashes.Select(hash => fleet.Pick(hash).Endpoint.Id)];
        var before = Owners();
        Assert.That(Owners(), Is.EqualTo(before));
    }

    private static LoadBalancingModel Random(LoadBalancingModel model) => model with { Policy = BalancingPolicy.Random };

    private static Fleet TwoZones(int near, int far, ZoneModel? zone = null, int ill = 0, BalancingPolicy policy = BalancingPolicy.Random)
    {
        EndpointModel[] models = [.. Fleet.Models(near + far).Select((model, i) => model with { Zone = i < near ? "a" : "b", Healthy = i >= ill })];
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
