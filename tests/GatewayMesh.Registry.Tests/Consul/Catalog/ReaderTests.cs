using System.Text;
using GatewayMesh.Registry.Consul.Catalog;

namespace GatewayMesh.Registry.Tests.Consul.Catalog;

/// <summary>Parsing of Consul's answers into instances and gateways. The answers are shortened answers of a real agent.</summary>
internal sealed class ReaderTests
{
    [Test]
    public void A_sidecar_is_read_as_its_instance()
    {
        var instance = InstanceReader.Read(Bytes("""
            [{"Node":{"Node":"s1","Address":"10.0.0.1","Datacenter":"dc1"},
              "Service":{"Kind":"connect-proxy","ID":"web-1-sidecar-proxy","Service":"web-sidecar-proxy","Tags":["v1"],"Address":"10.0.0.5","Port":20001,
                "Meta":{"version":"v1","gatewaymesh-node":"host-a"},"Proxy":{"DestinationServiceName":"web","DestinationServiceID":"web-1","Config":{"protocol":"grpc"}}},
              "Checks":[{"CheckID":"serfHealth","Status":"passing"},{"CheckID":"live","Status":"passing"}]}]
            """)).Values.Single();
        Assert.That(
            (instance.Id, instance.Node, instance.Address.ToString(), instance.Healthy, instance.Protocol),
            Is.EqualTo(("web-1", "host-a", "10.0.0.5:20001", true, "grpc")));
        Assert.That(
            (string.Join(' ', instance.Tags), string.Join(' ', instance.Meta.Select(pair => $"{pair.Key}={pair.Value}"))),
            Is.EqualTo(("v1", "version=v1")),
            "without the mesh's own pairs");
    }

    [TestCase("\"passing\"", true)]
    [TestCase("\"warning\"", false)]
    [TestCase("\"critical\"", false)]
    [TestCase("\"maintenance\"", false)]
    [TestCase("null", false)]
    public void An_instance_is_healthy_only_if_every_check_passes(string status, bool healthy) =>
        Assert.That(
            InstanceReader.Read(Bytes(Registered($$"""[{"Status":"passing"},{"Status":{{status}}}]"""))).Values.Single().Healthy,
            Is.EqualTo(healthy));

    [TestCase("passing", 10)]
    [TestCase("warning", 2)]
    [TestCase("critical", 10)]
    public void The_weight_of_an_instance_depends_on_its_checks(string status, int weight) =>
        Assert.That(
            InstanceReader.Read(
                Bytes(
                    Registered($$"""[{"Status":"{{status}}"}]""").Replace(
                        "\"Port\"", "\"Weights\":{\"Passing\":10,\"Warning\":2},\"Port\"", StringComparison.Ordinal)))
                .Values.Single()
                .Weight,
            Is.EqualTo(weight));

    [TestCase("", null)]
    [TestCase("\"zone\":\"of-host\"", "of-host")]
    public void The_zone_of_an_instance_is_that_of_its_host(string meta, string? zone)
    {
        var body =
            $$$"""[{"Node":{"Node":"s1","Address":"10.0.0.1","Meta":{{{{meta}}}}},"Service":{"ID":"a","Service":"a","Address":"","Port":9000,"Meta":null},"Checks":[]}]""";
        Assert.That(InstanceReader.Read(Bytes(body)).Values.Single().Zone, Is.EqualTo(zone));
    }

    [Test]
    public void The_zone_of_the_mesh_node_wins_over_that_of_the_host() =>
        Assert.That(
            InstanceReader.Read(
                Bytes(
                    """[{"Node":{"Node":"s1","Address":"10.0.0.1","Meta":{"zone":"of-host"}},"Service":{"ID":"a","Service":"a","Address":"","Port":9000,"Meta":{"gatewaymesh-zone":"of-node"}},"Checks":[]}]"""))
                .Values.Single()
                .Zone,
            Is.EqualTo("of-node"));

    [Test]
    public void Missing_values_of_a_foreign_registration_come_from_its_host()
    {
        var instance = InstanceReader.Read(Bytes("""
            [{"Node":{"Node":"s1","Address":"10.0.0.1"},"Service":{"ID":"native-1","Service":"native","Tags":null,"Address":"","Port":9000,"Meta":null,"Proxy":{},"Connect":{"Native":true}},"Checks":[]}]
            """)).Values.Single();
        Assert.That(
            (instance.Id, instance.Node, instance.Address.ToString(), instance.Healthy, instance.Protocol),
            Is.EqualTo(("native-1", "s1", "10.0.0.1:9000", true, "http")));
    }

    [TestCase("""{"gatewaymesh-node":""}""", "s1", "s1")]
    [TestCase("""{"gatewaymesh-node":""}""", "", "consul")]
    public void An_empty_node_name_does_not_cause_plaintext_calls(string meta, string node, string expected)
    {
        var body =
            $$"""[{"Node":{"Node":"{{node}}","Address":"10.0.0.1"},"Service":{"ID":"a","Service":"a","Address":"","Port":9000,"Meta":{{meta}}},"Checks":[]}]""";
        var instance = InstanceReader.Read(Bytes(body)).Values.Single();
        Assert.That((instance.Node, instance.IsForeign), Is.EqualTo((expected, true)),
            "a registration without a mesh node does not belong to the mesh");
    }

    [TestCase("0")]
    [TestCase("70000")]
    [TestCase("\"x\"")]
    public void An_instance_without_a_valid_port_is_left_out(string port)
    {
        var body =
            $$"""[{"Node":{"Node":"s1","Address":"10.0.0.1"},"Service":{"ID":"a","Service":"a","Address":"","Port":{{port}}},"Checks":[]}]""";
        if (port.StartsWith('"'))
        {
            Assert.That(() => InstanceReader.Read(Bytes(body)), Throws.InvalidOperationException, "Consul never sends such an answer");
            return;
        }

        Assert.That(InstanceReader.Read(Bytes(body)), Is.Empty);
    }

    [Test]
    public void A_gateway_is_read_with_its_tunnel_and_a_registration_without_one_is_ignored()
    {
        var gateways = GatewayReader.Read(Bytes("""
            [{"Node":{"Node":"s1","Address":"10.0.0.1"},"Service":{"ID":"g-1","Service":"gatewaymesh-gateway","Address":"10.0.0.9","Port":15443,
               "Meta":{"gatewaymesh-node":"gw-1","gatewaymesh-group":"blue","gatewaymesh-tunnel":"10.0.0.9:15444","gatewaymesh-zone":"z1"}},"Checks":[{"Status":"critical"}]},
             {"Node":{"Node":"s1","Address":"10.0.0.1"},"Service":{"ID":"g-2","Service":"gatewaymesh-gateway","Address":"10.0.0.10","Port":15443,"Meta":null},"Checks":[]}]
            """));
        var gateway = gateways.Values.Single();
        Assert.That(
            (gateway.Node, gateway.Gateway.Group, gateway.Gateway.Mesh.ToString(), gateway.Gateway.Tunnel.ToString(),
                gateway.Healthy, gateway.Zone),
            Is.EqualTo(("gw-1", "blue", "10.0.0.9:15443", "10.0.0.9:15444", false, "z1")));
    }

    [Test]
    public void The_catalog_is_read_as_names_with_tags() =>
        Assert.That(CatalogReader.Read(Bytes("""{"consul":[],"web":["v1","blue"]}"""))["web"], Is.EqualTo(new[] { "v1", "blue" }));

    private static string Registered(string checks) =>
        $$$"""[{"Node":{"Node":"s1","Address":"10.0.0.1"},"Service":{"ID":"a","Service":"a","Address":"","Port":1},"Checks":{{{checks}}} }]""";

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
