using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Balancers;

namespace GatewayMesh.Proxy.Tests.LoadBalancing.Balancers;

/// <summary>The policies that send a key to one instance.</summary>
[TestFixture(BalancingPolicy.RingHash)]
[TestFixture(BalancingPolicy.Maglev)]
public sealed class HashTests(BalancingPolicy policy)
{
    private const int Keys = 5000;

    [Test]
    public void A_key_goes_to_one_instance_also_in_another_process_and_after_a_reload()
    {
        var (one, other) = (Of(7), Of(7));
        var before = Owners(one);
        Assert.That(Owners(other), Is.EqualTo(before));
        one.Apply([.. Fleet.Models(7).Reverse()]);
        Assert.That(Owners(one), Is.EqualTo(before));
    }

    [Test]
    public void An_instance_that_comes_back_elsewhere_keeps_its_keys()
    {
        var fleet = Of(5);
        var before = Owners(fleet);
        fleet.Apply([.. Fleet.Models(5).Select((model, i) => i == 2 ? Fleet.Model(2, port: 9000) : model)]);
        Assert.That(Owners(fleet), Is.EqualTo(before));
    }

    [Test]
    public void When_an_instance_goes_its_own_keys_move_and_few_others() => Prop.ForAll<byte, byte>((size, which) =>
    {
        var count = 2 + (size % 19);
        var fleet = Of(count);
        var before = Owners(fleet);
        var gone = $"web-{which % count}";
        fleet.Apply([.. Fleet.Models(count).Where(model => model.Id != gone)]);
        var after = Owners(fleet);
        var moved = Enumerable.Range(0, Keys).Count(key => before[key] != gone && before[key] != after[key]);

        // The ring moves no other key at all. Maglev moves some: for 65,537 places and 20 instances the paper measures about 1 % (figure 12); 5 % bound it here.
        return policy == BalancingPolicy.RingHash ? moved == 0 : moved < Keys * 0.05;
    }).QuickCheckThrowOnFailure();

    [Test]
    public void When_an_instance_comes_no_more_than_its_share_moves_to_it_and_few_elsewhere()
    {
        var fleet = Of(9);
        var before = Owners(fleet);
        fleet.Apply(Fleet.Models(10));
        var after = Owners(fleet);
        var moved = Enumerable.Range(0, Keys).Where(key => before[key] != after[key]).ToList();
        Assert.That(moved, Has.Count.LessThan(Keys * 0.2), "twice a tenth");
        Assert.That(moved.Count(key => after[key] != "web-9"), policy == BalancingPolicy.RingHash ? Is.Zero : Is.LessThan(Keys * 0.05));
    }

    [Test]
    public void An_ejected_instances_keys_go_to_others_and_come_back()
    {
        var fleet = Of(6);
        var before = Owners(fleet);
        Fleet.Fail(fleet[3], 3);
        var meanwhile = Owners(fleet);
        Assert.That(meanwhile, Has.None.EqualTo("web-3"));
        Assert.That(Enumerable.Range(0, Keys).Where(key => before[key] != "web-3").All(key => before[key] == meanwhile[key]), Is.True, "nobody else's move");
        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        fleet[3].Begin().End(EndpointOutcome.Success);
        Assert.That(Owners(fleet), Is.EqualTo(before));
    }

    [Test]
    public void A_retry_goes_to_the_next_and_the_order_of_a_key_is_always_the_same()
    {
        var fleet = Of(5);
        var order = Order(fleet, 77);
        Assert.That(Order(fleet, 77), Is.EqualTo(order));
        Assert.That(order.Distinct().Count(), Is.EqualTo(5));
    }

    [Test]
    public void Shares_are_those_of_the_weights()
    {
        var fleet = WeightTests.Weighted(policy, 1, 1, 2);
        var shares = Owners(fleet).CountBy(id => id).ToDictionary(pair => pair.Key, pair => (double)pair.Value / Keys);

        // A ring of n places has a share with a relative deviation of about 1 / √(n × share): 6 % for a quarter of 1,024; a table is even but for rounding. Five of
        // those and five of the keys' own sampling.
        Assert.That(shares["web-2"], Is.EqualTo(0.5).Within(policy == BalancingPolicy.RingHash ? 0.16 : 0.036));
        Assert.That(shares["web-0"], Is.EqualTo(0.25).Within(policy == BalancingPolicy.RingHash ? 0.11 : 0.031));
    }

    [Test]
    public void Without_a_hash_a_request_goes_anywhere() => Assert.That(Of(4).Count(400), Has.All.GreaterThan(0));

    [Test]
    public void When_most_are_out_a_key_still_goes_to_one_that_is_not()
    {
        var fleet = Of(200);
        foreach (var state in fleet.Set.All.Skip(1).SkipLast(1))
        {
            Fleet.Fail(state, 3);
        }

        Assert.That(Enumerable.Range(0, 300).Select(key => Owner(fleet, (ulong)key)).Distinct(), Is.EquivalentTo(new[] { fleet[0].Key.Id, fleet[199].Key.Id }));
    }

    [Test]
    public void A_reload_that_changes_nothing_builds_nothing_anew()
    {
        var fleet = Of(5);
        var balancer = fleet.Set.Pools.Healthy.Balancer;
        fleet.Apply(Fleet.Models(5));
        Assert.That(fleet.Set.Pools.Healthy.Balancer, Is.SameAs(balancer));
        fleet.Apply([.. Fleet.Models(5).Select(model => model with { Weight = 2 })]);
        Assert.That(fleet.Set.Pools.Healthy.Balancer, Is.Not.SameAs(balancer));
    }

    private Fleet Of(int instances) => new(instances, balancing: model => model with { Policy = policy, PanicThreshold = 0 });

    private static ImmutableArray<string> Owners(Fleet fleet) => [.. Enumerable.Range(0, Keys).Select(key => Owner(fleet, (ulong)key))];

    private static string Owner(Fleet fleet, ulong key)
    {
        var lease = fleet.Pick(RequestHash.None.With(StableHash.Mix(key + 1)));
        lease.End(EndpointOutcome.Cancelled);
        return lease.Endpoint.Id;
    }

    private static List<string> Order(Fleet fleet, ulong key)
    {
        var tried = default(TriedEndpoints);
        return [.. Enumerable.Range(0, 5).Select(_ =>
        {
            var lease = fleet.Pick(ref tried, RequestHash.None.With(StableHash.Mix(key)));
            lease.End(EndpointOutcome.Cancelled);
            return lease.Endpoint.Id;
        })];
    }
}
