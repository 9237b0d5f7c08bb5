using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Balancers;

namespace GatewayMesh.Proxy.Tests.LoadBalancing.Balancers;

/// <summary>Sizes of rings and tables.</summary>
public sealed class TableTests
{
    [TestCase(1, 1024, 1024)]
    [TestCase(2, 1024, 1024)]
    [TestCase(3, 1024, 1536, Description = "each has 512")]
    [TestCase(4, 16, 32)]
    public void A_ring_has_at_least_the_minimum_size(int instances, int min, int size) =>
        Assert.That(
            new HashRing(States(instances), new Weights(States(instances)), new RingModel { MinSize = min }).Size, Is.EqualTo(size));

    [Test]
    public void A_ring_has_at_most_the_maximum_size()
    {
        var states = States(10);
        Assert.That(new HashRing(states, new Weights(states), new RingModel { MinSize = 64, MaxSize = 100 }).Size, Is.EqualTo(100));
        Assert.That(
            new HashRing(states, new Weights(states), new RingModel { MinSize = 2, MaxSize = 5 }).Size,
            Is.EqualTo(10),
            "but at least one point for each");
    }

    [Test]
    public void A_table_has_the_configured_size_and_even_shares()
    {
        var states = States(7);
        var table = new MaglevTable(states, new Weights(states), new MaglevModel { TableSize = 1009 }).Table.ToArray();
        Assert.That(table, Has.Length.EqualTo(1009));
        Assert.That(table.CountBy(index => index).Select(pair => pair.Value), Is.All.InRange(144, 145), "1,009 ÷ 7");
    }

    [Test]
    public void The_defaults_match_well_known_proxies() =>
        Assert.That(
            (RingModel.Default.MinSize, RingModel.Default.MaxSize, MaglevModel.Default.TableSize),
            Is.EqualTo((1024, 8 * 1024 * 1024, 65_537)));

    private static ImmutableArray<EndpointState> States(int count) => new Fleet(count).Set.All;
}
