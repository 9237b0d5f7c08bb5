using System.Net.Sockets;
using GatewayMesh.Registry.Kubernetes.Catalog;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Tests.Kubernetes.Catalog;

internal sealed class ServiceCompilerTests
{
    private static readonly KnownService Web = Slices.Service(Slices.Http);
    private static readonly NodePlace Here = new("z1", "node-a", AddressFamily.InterNetwork);

    [Test]
    public void Several_slices_are_one_set_and_an_endpoint_in_two_of_them_is_one_instance() =>
        Assert.That(
            Slices.Instances(
                Web,
                Here,
                Slices.Slice("a", Ready("web-1", "10.0.0.1"), Slices.Pod("web-2", "10.0.0.2", false, true, true)),
                Slices.Slice("b", Ready("web-2", "10.0.0.2"), Ready("web-3", "10.0.0.3"))),
            Is.EqualTo(new[]
            {
                "web-1 10.0.0.1:8080 http healthy -", "web-2 10.0.0.2:8080 http healthy -", "web-3 10.0.0.3:8080 http healthy -",
            }));

    [Test]
    public void Pods_with_different_numbers_of_a_named_port_are_called_at_their_own() =>
        Assert.That(
            Slices.Instances(
                Web,
                Here,
                Slices.Slice("a", Ready("web-1", "10.0.0.1")),
                Slices.Slice("b", Ready("web-2", "10.0.0.2")) with { Ports = [new SlicePort { Name = "http", Port = 9999 }] }),
            Is.EqualTo(new[] { "web-1 10.0.0.1:8080 http healthy -", "web-2 10.0.0.2:9999 http healthy -" }));

    [Test]
    public void A_slice_without_the_port_offers_nothing() =>
        Assert.That(
            Slices.Instances(
                Web,
                Here,
                Slices.Slice("a", Ready("web-1", "10.0.0.1")) with { Ports = [] },
                Slices.Slice("b", Ready("web-2", "10.0.0.2")) with { Ports = [new SlicePort { Name = "other", Port = 80 }] },
                Slices.Slice("c", Ready("web-3", "10.0.0.3")) with { Ports = [new SlicePort { Name = "http", Port = null }] },
                Slices.Slice("d", Ready("web-4", "10.0.0.4")) with { Ports = [new SlicePort { Name = "http", Port = 1, Protocol = "UDP" }] }),
            Is.Empty);

    [Test]
    public void Each_TCP_port_is_a_service_and_port_80_is_the_default()
    {
        var compiled = Slices.Compile(
            Slices.Service(
                new ServicePort { Name = "admin", Port = 9000 },
                new ServicePort { Name = "dns", Port = 53, Protocol = "UDP" },
                Slices.Http with { AppProtocol = "grpc" }),
            Here);
        Assert.That(
            compiled.Services.Select(service => (service.Name, service.Frontend!.Port)),
            Is.EqualTo(new[] { ("web.shop", 80), ("web.shop:9000", 9000) }));
    }

    [Test]
    public void Without_port_80_the_first_port_is_the_default() =>
        Assert.That(
            Slices.Compile(
                Slices.Service(new ServicePort { Name = "a", Port = 9000 }, new ServicePort { Name = "b", Port = 8000 }), Here)
                .Services.Select(service => service.Name),
            Is.EqualTo(new[] { "web.shop", "web.shop:8000" }));

    [TestCase("kubernetes.io/h2c", "http2")]
    [TestCase("grpc", "grpc")]
    [TestCase("http", "http")]
    [TestCase("kubernetes.io/ws", "http")]
    [TestCase("", "http")]
    [TestCase("example.com/own", "http")]
    public void The_appProtocol_is_the_protocol(string name, string protocol) =>
        Assert.That(
            Slices.Compile(Slices.Service(Slices.Http with { AppProtocol = name }), Here, Slices.Slice("a", Ready("web-1", "10.0.0.1")))
                .Services[0].Instances!.Value[0].Protocol,
            Is.EqualTo(protocol));

    [TestCase("https")]
    [TestCase("kubernetes.io/wss")]
    [TestCase("HTTPS")]
    public void A_port_with_TLS_is_named_as_a_problem_and_never_called_in_plaintext(string name)
    {
        var compiled = Slices.Compile(
            Slices.Service(Slices.Http with { AppProtocol = name }), Here, Slices.Slice("a", Ready("web-1", "10.0.0.1")));
        Assert.That(compiled.Services[0].Instances, Is.Empty);
        Assert.That(compiled.Problems.Single(), Does.Contain(name).And.Contain("port 80"));
    }

    [Test]
    public void A_headless_Service_has_its_pods_and_their_host_names_but_no_address()
    {
        var compiled = Slices.Compile(
            Slices.Service(new ServiceSpec { ClusterIP = "None", ClusterIPs = ["None"], Ports = [Slices.Http] }),
            Here,
            Slices.Slice("a", Ready("web-0", "10.0.0.1") with { Hostname = "web-0" }));
        Assert.That(compiled.Services[0].Frontend!.Addresses, Is.Empty);
        Assert.That(compiled.Services[0].Instances!.Value.Single().Hostname, Is.EqualTo("web-0"));
    }

    [Test]
    public void A_Service_without_selector_has_the_endpoints_that_its_user_wrote()
    {
        Assert.That(Slices.Compile(Web, Here).Services.Single().Instances, Is.Empty);
        Assert.That(
            Slices.Instances(Web, Here, Slices.Slice("mine", new SliceEndpoint { Addresses = ["192.0.2.1"] })),
            Is.EqualTo(new[] { "192.0.2.1 192.0.2.1:8080 http healthy -" }));
    }

    [Test]
    public void An_alias_is_one_instance_with_a_DNS_name() =>
        Assert.That(
            Slices.Instances(
                Slices.Service(
                    new ServiceSpec { Type = "ExternalName", ExternalName = "api.example.", Ports = [Slices.Http with { Port = 8000 }] }),
                Here),
            Is.EqualTo(new[] { "api.example api.example:8000 http healthy -" }));

    [Test]
    public void An_alias_of_no_name_has_no_instance() =>
        Assert.That(
            Slices.Compile(Slices.Service(new ServiceSpec { Type = "ExternalName", ExternalName = "not a name" }), Here).Services,
            Is.Empty);

    [TestCase(AddressFamily.InterNetwork, "10.0.0.1:8080")]
    [TestCase(AddressFamily.InterNetworkV6, "[fd00::1]:8080")]
    public void A_pod_of_both_families_is_one_instance_of_this_nodes_family(AddressFamily family, string address) =>
        Assert.That(
            Slices.Instances(
                Web,
                Here with { Family = family },
                Slices.Slice("a", Ready("web-1", "10.0.0.1")),
                Slices.Slice("b", Ready("web-1", "fd00:0::1")) with { AddressType = "IPv6" }),
            Is.EqualTo(new[] { $"web-1 {address} http healthy -" }));

    [Test]
    public void A_pod_of_the_other_family_alone_is_called_all_the_same() =>
        Assert.That(
            Slices.Instances(
                Web,
                Here,
                Slices.Slice("a", Ready("web-1", "10.0.0.1")),
                Slices.Slice("b", Ready("web-2", "fd00::2")) with { AddressType = "IPv6" }),
            Is.EqualTo(new[] { "web-1 10.0.0.1:8080 http healthy -", "web-2 [fd00::2]:8080 http healthy -" }));

    [Test]
    public void Slices_of_names_and_addresses_of_another_family_are_ignored() =>
        Assert.That(
            Slices.Instances(
                Web,
                Here,
                Slices.Slice("a", Ready("web-1", "web.example")) with { AddressType = "FQDN" },
                Slices.Slice("b", Ready("web-2", "fd00::2")),
                Slices.Slice("c", Ready("web-3", "nonsense"))),
            Is.Empty);

    [Test]
    public void An_endpoint_that_is_hinted_to_this_zone_counts_as_near_and_one_hinted_elsewhere_does_not() =>
        Assert.That(
            Slices.Instances(
                Web,
                Here,
                Slices.Slice(
                    "a",
                    Hinted("web-1", "10.0.0.1", "z2", ["z1"]),
                    Hinted("web-2", "10.0.0.2", "z1", ["z3"]),
                    Hinted("web-3", "10.0.0.3", "z1", []))),
            Is.EqualTo(new[]
            {
                "web-1 10.0.0.1:8080 http healthy z1", "web-2 10.0.0.2:8080 http healthy z3", "web-3 10.0.0.3:8080 http healthy z1",
            }));

    [Test]
    public void Endpoints_that_are_hinted_to_this_node_are_the_only_ones()
    {
        var slice = Slices.Slice(
            "a",
            Ready("web-1", "10.0.0.1") with { Hints = Nodes("node-a") },
            Ready("web-2", "10.0.0.2") with { Hints = Nodes("node-b") });
        Assert.That(Slices.Instances(Web, Here, slice), Is.EqualTo(new[] { "web-1 10.0.0.1:8080 http healthy -" }));
        Assert.That(Slices.Instances(Web, Here with { Node = "node-c" }, slice), Has.Length.EqualTo(2), "none is hinted to it: all");
        Assert.That(Slices.Instances(Web, NodePlace.Unknown, slice), Has.Length.EqualTo(2), "the node is not known: all");
    }

    [Test]
    public void The_order_of_slices_and_endpoints_does_not_matter()
    {
        var a = Slices.Slice("a", Ready("web-2", "10.0.0.2"), Ready("web-1", "10.0.0.1"));
        var b = Slices.Slice("b", Ready("web-0", "10.0.0.3"));
        Assert.That(Slices.Compile(Web, Here, a, b).IsSame(Slices.Compile(Web, Here, b, a)), Is.True);
    }

    private static SliceEndpoint Ready(string name, string address) => Slices.Pod(name, address, true, true, false);

    private static SliceEndpoint Hinted(string name, string address, string zone, string[] zones) => Ready(name, address) with
    {
        Zone = zone,
        Hints = new EndpointHints { ForZones = [.. zones.Select(hinted => new HintedPlace { Name = hinted })] },
    };

    private static EndpointHints Nodes(string node) => new() { ForNodes = [new HintedPlace { Name = node }] };
}
