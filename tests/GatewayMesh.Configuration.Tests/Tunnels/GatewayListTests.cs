using System.Text;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Tunnels;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Tunnels;

public sealed class GatewayListTests
{
    private static readonly GatewayAddress One = new("gw-1", new HostPort("10.0.0.9", 15443), new HostPort("10.0.0.9", 15444));
    private static readonly GatewayAddress Two = new("gw-\"2\" ü", new HostPort("fe80::1", 1), new HostPort("gw.example", 65535));

    [Test]
    public void A_list_comes_out_as_it_went_in()
    {
        var read = GatewayList.Read(new GatewayList("web", [One, Two]).ToBytes());

        Assert.That(read!.Service, Is.EqualTo("web"));
        Assert.That(read.Gateways, Is.EqualTo(new[] { One, Two }));
    }

    [Test]
    public void Whom_to_expect_by_tls_stands_beside_each_gateway_whose_tunnel_is_then_its_mesh_address()
    {
        var tls = new GatewayTls("our-gateway", "mesh.example");
        var list = GatewayList.Order(
            "web", "default", "host-a", null, [new GatewayModel("gw-1", "default", One.Mesh, One.Tunnel, true)], tls);

        Assert.That(GatewayList.Read(list.ToBytes())!.Gateways, Is.EqualTo(new[] { One with { Tunnel = One.Mesh, Tls = tls } }));
        Assert.That(
            Encoding.UTF8.GetString(list.ToBytes()),
            Does.Contain("\"tls\": true").And.Contain("\"service\": \"our-gateway\"").And.Contain("\"trustDomain\": \"mesh.example\""));
    }

    [TestCase("\"tls\":1")]
    [TestCase("\"tls\":true")]
    [TestCase("\"tls\":true,\"service\":7,\"trustDomain\":\"mesh.example\"")]
    public void A_gateway_that_is_to_be_verified_is_never_taken_for_one_that_is_not(string broken) =>
        Assert.That(
            Read(
                "{\"service\":\"web\",\"gateways\":[{\"node\":\"gw-1\",\"mesh\":\"10.0.0.9:15443\",\"tunnel\":\"10.0.0.9:15444\","
                    + broken
                    + "}]}"),
            Is.Null);

    [Test]
    public void A_list_of_nobody_is_a_list()
    {
        Assert.That(GatewayList.Read(new GatewayList("web", []).ToBytes())!.Gateways, Is.Empty);
    }

    [Test]
    public void Properties_of_a_later_version_are_passed_over()
    {
        var read = Read(
            """{"version":2,"service":"web","more":{"a":[1]},"gateways":[{"node":"gw-1","weight":3,"mesh":"10.0.0.9:15443","tunnel":"10.0.0.9:15444"}]}""");

        Assert.That(read!.Gateways, Is.EqualTo(new[] { One }));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("7")]
    [TestCase("{}")]
    [TestCase("""{"service":"web"}""")]
    [TestCase("""{"gateways":[]}""")]
    [TestCase("""{"service":"web","gateways":{}}""")]
    [TestCase("""{"service":"web","gateways":null}""")]
    [TestCase("""{"service":"web","gateways":[null]}""")]
    [TestCase("""{"service":7,"gateways":[]}""")]
    [TestCase("""{"service":"\ud800","gateways":[]}""")]
    [TestCase("""{"service":"web","gateways":[{"node":"a","mesh":"nowhere","tunnel":"a:1"}]}""")]
    [TestCase("""{"service":"web","gateways":[{"node":"a","mesh":"a:1","tunnel":null}]}""")]
    [TestCase("""{"service":"web","gateways":[{"node":7,"mesh":"a:1","tunnel":"a:1"}]}""")]
    [TestCase("""{"service":"web","gateways":[{"mesh":"a:1","tunnel":"a:1"}]}""")]
    public void What_is_no_such_list_is_null(string content) => Assert.That(Read(content), Is.Null);

    [Test]
    public void Every_torn_list_is_null()
    {
        var whole = new GatewayList("web", [One, Two]).ToBytes();
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.That(GatewayList.Read(whole.AsMemory(0, length)), Is.Null, $"{length} bytes");
        }
    }

    [Test]
    public void No_bytes_make_the_reader_throw() =>
        Prop.ForAll(
                Arb.From(
                    from at in Gen.Choose(0, 150)
                    from value in Gen.Choose(0, 255)
                    select (at, value)),
                change =>
                {
                    var bytes = new GatewayList("web", [One, Two]).ToBytes();
                    bytes[change.at] = (byte)change.value;
                    GatewayList.Read(bytes);
                })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true));

    [Test]
    public void Healthy_gateways_come_first_then_those_of_the_own_zone()
    {
        GatewayModel[] gateways =
        [
            Gateway("sick-near", healthy: false, zone: "a"), Gateway("well-far", zone: "b"), Gateway("sick-far", healthy: false, zone: "b"),
            Gateway("well-near", zone: "a"), Gateway("well-nowhere"),
        ];

        var nodes = GatewayList.Order("web", "default", "host-a", "a", gateways).Gateways.Select(gateway => gateway.Node).ToArray();

        Assert.That(nodes[0], Is.EqualTo("well-near"));
        Assert.That(nodes[1..3], Is.EquivalentTo(new[] { "well-far", "well-nowhere" }));
        Assert.That(nodes[3..], Is.EqualTo(new[] { "sick-near", "sick-far" }));
    }

    [Test]
    public void Only_gateways_of_the_service_s_group_stand_in() =>
        Assert.That(
            GatewayList.Order(
                "web",
                "pci",
                "host-a",
                null,
                [Gateway("one"), Gateway("two") with { Group = "pci" }]).Gateways.Select(gateway => gateway.Node),
            Is.EqualTo(new[] { "two" }));

    [Test]
    public void The_order_does_not_hang_on_the_order_of_the_registry() =>
        Assert.That(First("host-1", Gateways(5).Reverse().ToArray()), Is.EqualTo(First("host-1", Gateways(5))));

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(5)]
    public void A_fleet_spreads_over_the_gateways(int count)
    {
        const int Hosts = 3_000;
        var shares = Enumerable.Range(0, Hosts)
            .GroupBy(host => First($"host-{host}", Gateways(count)))
            .ToDictionary(group => group.Key, group => group.Count());

        Assert.That(shares, Has.Count.EqualTo(count));
        Assert.That(shares.Values, Is.All.InRange(0.8 * Hosts / count, 1.2 * Hosts / count));
    }

    [Test]
    public void When_one_gateway_goes_only_its_own_hosts_move_and_they_spread_too()
    {
        var all = Gateways(5);
        GatewayModel[] rest = [.. all.Skip(1)];
        var moved = new Dictionary<string, int>();
        for (var host = 0; host < 3_000; host++)
        {
            var before = First($"host-{host}", all);
            var after = First($"host-{host}", rest);
            if (before == all[0].Node)
            {
                moved[after] = moved.GetValueOrDefault(after) + 1;
            }
            else
            {
                Assert.That(after, Is.EqualTo(before));
            }
        }

        Assert.That(moved, Has.Count.EqualTo(4), "those who lost theirs do not all run to the same one");
        Assert.That(moved.Values, Is.All.GreaterThan(75));
    }

    private static GatewayList? Read(string content) => GatewayList.Read(Encoding.UTF8.GetBytes(content));

    private static string First(string host, GatewayModel[] gateways) =>
        GatewayList.Order("web", "default", host, null, gateways).Gateways[0].Node;

    private static GatewayModel[] Gateways(int count) => [.. Enumerable.Range(1, count).Select(number => Gateway($"gateway-{number}"))];

    private static GatewayModel Gateway(string node, bool healthy = true, string? zone = null) =>
        new(node, "default", new HostPort("10.0.0.9", 1), new HostPort("10.0.0.9", 2), healthy) { Zone = zone };
}
