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
    public void A_written_list_is_read_back_unchanged()
    {
        var read = GatewayList.Read(new GatewayList("web", [One, Two]).ToBytes());

        Assert.That(read!.Service, Is.EqualTo("web"));
        Assert.That(read.Gateways, Is.EqualTo(new[] { One, Two }));
    }

    [Test]
    public void With_TLS_each_gateway_has_its_expected_identity_and_its_mesh_address_as_the_tunnel()
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
    public void A_gateway_with_incomplete_TLS_data_is_never_read_as_a_plaintext_gateway(string broken) =>
        Assert.That(
            Read(
                "{\"service\":\"web\",\"gateways\":[{\"node\":\"gw-1\",\"mesh\":\"10.0.0.9:15443\",\"tunnel\":\"10.0.0.9:15444\","
                    + broken
                    + "}]}"),
            Is.Null);

    [Test]
    public void An_empty_list_is_a_list()
    {
        Assert.That(GatewayList.Read(new GatewayList("web", []).ToBytes())!.Gateways, Is.Empty);
    }

    [Test]
    public void Properties_of_a_later_version_are_ignored()
    {
        var read = Read(
            """{"version":2,"service":"web","more":{"a":[1]},"gateways":[{"node":"gw-1","weight":3,"mesh":"10.0.0.9:15443","tunnel":"10.0.0.9:15444"}]}""");

        Assert.That(read!.Gateways, Is.EqualTo(new[] { One }));
    }

    [Test]
    public void The_file_has_a_schema_and_is_the_same_as_before_otherwise() =>
        Assert.That(
            Encoding.UTF8.GetString(
                new GatewayList("web", [One, One with { Node = "gw-3", Tls = new GatewayTls("our-gateway", "mesh.example") }]).ToBytes()),
            Is.EqualTo(
                """
                {
                  "schema": 1,
                  "service": "web",
                  "gateways": [
                    {
                      "node": "gw-1",
                      "mesh": "10.0.0.9:15443",
                      "tunnel": "10.0.0.9:15444"
                    },
                    {
                      "node": "gw-3",
                      "mesh": "10.0.0.9:15443",
                      "tunnel": "10.0.0.9:15444",
                      "tls": true,
                      "service": "our-gateway",
                      "trustDomain": "mesh.example"
                    }
                  ]
                }
                """));

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
    public void An_invalid_list_is_null(string content) => Assert.That(Read(content), Is.Null);

    [Test]
    public void Every_truncated_list_is_null()
    {
        var whole = new GatewayList("web", [One, Two]).ToBytes();
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.That(GatewayList.Read(whole.AsMemory(0, length)), Is.Null, $"{length} bytes");
        }
    }

    [Test]
    public void The_reader_never_throws_on_any_bytes() =>
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
    public void Healthy_gateways_come_first_then_those_of_the_nodes_zone()
    {
        GatewayModel[] gateways =
        [
            Gateway("unhealthy-near", healthy: false, zone: "a"),
            Gateway("healthy-far", zone: "b"),
            Gateway("unhealthy-far", healthy: false, zone: "b"),
            Gateway("healthy-near", zone: "a"), Gateway("healthy-without-zone"),
        ];

        var nodes = GatewayList.Order("web", "default", "host-a", "a", gateways).Gateways.Select(gateway => gateway.Node).ToArray();

        Assert.That(nodes[0], Is.EqualTo("healthy-near"));
        Assert.That(nodes[1..3], Is.EquivalentTo(new[] { "healthy-far", "healthy-without-zone" }));
        Assert.That(nodes[3..], Is.EqualTo(new[] { "unhealthy-near", "unhealthy-far" }));
    }

    [Test]
    public void Only_gateways_of_the_services_group_are_listed() =>
        Assert.That(
            GatewayList.Order(
                "web",
                "pci",
                "host-a",
                null,
                [Gateway("one"), Gateway("two") with { Group = "pci" }]).Gateways.Select(gateway => gateway.Node),
            Is.EqualTo(new[] { "two" }));

    [Test]
    public void The_order_does_not_depend_on_the_order_of_the_registry() =>
        Assert.That(First("host-1", Gateways(5).Reverse().ToArray()), Is.EqualTo(First("host-1", Gateways(5))));

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(5)]
    public void Hosts_spread_evenly_over_the_gateways(int count)
    {
        const int Hosts = 3_000;
        var shares = Enumerable.Range(0, Hosts)
            .GroupBy(host => First($"host-{host}", Gateways(count)))
            .ToDictionary(group => group.Key, group => group.Count());

        Assert.That(shares, Has.Count.EqualTo(count));
        Assert.That(shares.Values, Is.All.InRange(0.8 * Hosts / count, 1.2 * Hosts / count));
    }

    [Test]
    public void When_a_gateway_disappears_only_its_own_hosts_move_and_they_spread_evenly()
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

        Assert.That(moved, Has.Count.EqualTo(4), "hosts of the lost gateway do not all move to the same one");
        Assert.That(moved.Values, Is.All.GreaterThan(75));
    }

    private static GatewayList? Read(string content) => GatewayList.Read(Encoding.UTF8.GetBytes(content));

    private static string First(string host, GatewayModel[] gateways) =>
        GatewayList.Order("web", "default", host, null, gateways).Gateways[0].Node;

    private static GatewayModel[] Gateways(int count) => [.. Enumerable.Range(1, count).Select(number => Gateway($"gateway-{number}"))];

    private static GatewayModel Gateway(string node, bool healthy = true, string? zone = null) =>
        new(node, "default", new HostPort("10.0.0.9", 1), new HostPort("10.0.0.9", 2), healthy) { Zone = zone };
}
