using System.Collections.Immutable;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Reach;

internal sealed class ReachRulesTests
{
    [TestCase("127.0.0.1", ReachFault.Loopback)]
    [TestCase("127.255.255.254", ReachFault.Loopback)]
    [TestCase("127.1", ReachFault.Loopback)]
    [TestCase("2130706433", ReachFault.Loopback)]
    [TestCase("0x7f000001", ReachFault.Loopback)]
    [TestCase("0177.0.0.1", ReachFault.Loopback)]
    [TestCase("127.0.0.1.", ReachFault.Loopback)]
    [TestCase("localhost", ReachFault.Loopback)]
    [TestCase("LOCALHOST.", ReachFault.Loopback)]
    [TestCase("admin.localhost", ReachFault.Loopback)]
    [TestCase("ip6-localhost", ReachFault.Loopback)]
    [TestCase("::1", ReachFault.Loopback)]
    [TestCase("::ffff:127.0.0.1", ReachFault.Loopback)]
    [TestCase("::ffff:7f00:1", ReachFault.Loopback)]
    [TestCase("::127.0.0.1", ReachFault.Loopback)]
    [TestCase("64:ff9b::127.0.0.1", ReachFault.Loopback)]
    [TestCase("2002:7f00:1::", ReachFault.Loopback)]
    [TestCase("169.254.169.254", ReachFault.LinkLocal)]
    [TestCase("::ffff:169.254.169.254", ReachFault.LinkLocal)]
    [TestCase("fe80::1", ReachFault.LinkLocal)]
    [TestCase("fe80::1%1", ReachFault.LinkLocal)]
    [TestCase("0", ReachFault.Unspecified)]
    [TestCase("0.0.0.0", ReachFault.Unspecified)]
    [TestCase("0.1.2.3", ReachFault.Unspecified)]
    [TestCase("::", ReachFault.Unspecified)]
    [TestCase("::ffff:0.0.0.0", ReachFault.Unspecified)]
    [TestCase("224.0.0.1", ReachFault.Multicast)]
    [TestCase("239.255.255.255", ReachFault.Multicast)]
    [TestCase("255.255.255.255", ReachFault.Multicast)]
    [TestCase("ff02::1", ReachFault.Multicast)]
    [TestCase("10.0.0.6", ReachFault.None)]
    [TestCase("128.0.0.1", ReachFault.None)]
    [TestCase("169.253.0.1", ReachFault.None)]
    [TestCase("2001:db8::1", ReachFault.None)]
    [TestCase("::ffff:10.0.0.6", ReachFault.None)]
    [TestCase("payments.example", ReachFault.None)]
    public void A_node_of_a_real_network_refuses_special_addresses_in_every_spelling(string host, ReachFault expected) =>
        Assert.That(ReachRules.Of(Sidecar("10.0.0.5")).FaultOf(new HostPort(host, 9000)), Is.EqualTo(expected));

    [TestCase("127.0.0.1")]
    [TestCase("127.0.0.7")]
    [TestCase("::1")]
    [TestCase("localhost")]
    public void A_mesh_on_one_machine_reaches_loopback_and_nothing_else_that_is_special(string advertised)
    {
        var rules = ReachRules.Of(Sidecar(advertised));

        Assert.That(rules.FaultOf(new HostPort("127.0.0.1", 9000)), Is.EqualTo(ReachFault.None));
        Assert.That(rules.FaultOf(new HostPort("::1", 9000)), Is.EqualTo(ReachFault.None));
        Assert.That(rules.FaultOf(new HostPort("169.254.169.254", 80)), Is.EqualTo(ReachFault.LinkLocal));
        Assert.That(rules.FaultOf(new HostPort("0.0.0.0", 9000)), Is.EqualTo(ReachFault.Unspecified));
    }

    [TestCase("127.0.0.1", ReachFault.OwnListener)]
    [TestCase("localhost", ReachFault.OwnListener)]
    [TestCase("0.0.0.0", ReachFault.OwnListener)]
    [TestCase("::ffff:127.0.0.1", ReachFault.OwnListener)]
    public void The_private_listener_of_the_guards_probe_is_refused_on_one_machine_whatever_reach_lists(string host, ReachFault expected)
    {
        var bootstrap = Sidecar("127.0.0.1") with { Reach = [IPNetwork.Parse("127.0.0.0/8")] };
        var probe = new IPEndPoint(IPAddress.Loopback, 40123);

        Assert.That(ReachRules.Of(bootstrap, probe: probe).FaultOf(new HostPort(host, 40123)), Is.EqualTo(expected));
        Assert.That(ReachRules.Of(bootstrap, probe: probe).FaultOf(new HostPort("127.0.0.1", 40124)), Is.EqualTo(ReachFault.None));
    }

    [Test]
    public void Reach_lists_special_ranges_that_are_allowed()
    {
        var rules = ReachRules.Of(
            Sidecar("10.0.0.5") with { Reach = [IPNetwork.Parse("127.0.0.2/32"), IPNetwork.Parse("169.254.0.0/16")] });

        Assert.That(rules.FaultOf(new HostPort("127.0.0.2", 9000)), Is.EqualTo(ReachFault.None));
        Assert.That(rules.FaultOf(new HostPort("::ffff:127.0.0.2", 9000)), Is.EqualTo(ReachFault.None));
        Assert.That(rules.FaultOf(new HostPort("169.254.1.1", 9000)), Is.EqualTo(ReachFault.None));
        Assert.That(rules.FaultOf(new HostPort("127.0.0.3", 9000)), Is.EqualTo(ReachFault.Loopback));
        Assert.That(rules.FaultOf(new HostPort("fe80::1", 9000)), Is.EqualTo(ReachFault.LinkLocal));
    }

    [TestCase("127.0.0.1", 15000, ReachFault.AdminAddress)]
    [TestCase("127.1", 15000, ReachFault.AdminAddress)]
    [TestCase("localhost", 15000, ReachFault.AdminAddress)]
    [TestCase("::ffff:127.0.0.1", 15000, ReachFault.AdminAddress)]
    [TestCase("0.0.0.0", 15000, ReachFault.AdminAddress)]
    [TestCase("127.0.0.1", 15001, ReachFault.OwnListener)]
    [TestCase("127.0.0.1", 5001, ReachFault.OwnListener)]
    [TestCase("127.0.0.9", 15002, ReachFault.OwnListener)]
    [TestCase("127.0.0.1", 8500, ReachFault.RegistryAgent)]
    [TestCase("127.0.0.2", 8500, ReachFault.RegistryAgent)]
    [TestCase("10.9.9.9", 8500, ReachFault.RegistryAgent)]
    [TestCase("consul.example", 8500, ReachFault.RegistryAgent)]
    [TestCase("Consul.Example.", 8500, ReachFault.RegistryAgent)]
    public void Admin_address_outbound_listeners_and_registry_agents_are_refused_whatever_reach_lists(
        string host, int port, ReachFault expected)
    {
        var everything = Sidecar("127.0.0.1") with { Reach = [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")] };

        Assert.That(ReachRules.Of(everything).FaultOf(new HostPort(host, port)), Is.EqualTo(expected));
    }

    [Test]
    public void A_service_of_the_same_host_is_called_by_its_own_inbound_listener()
    {
        Assert.That(ReachRules.Of(Sidecar("127.0.0.1")).FaultOf(new HostPort("127.0.0.1", 20001)), Is.EqualTo(ReachFault.None));
        Assert.That(ReachRules.Of(Sidecar("10.0.0.5")).FaultOf(new HostPort("10.0.0.5", 20001)), Is.EqualTo(ReachFault.None));
    }

    [Test]
    public async Task A_name_that_this_node_advertises_itself_may_resolve_to_loopback_for_its_own_inbound_listener_only()
    {
        // The hosts file of Debian maps the name of the host to 127.0.1.1.
        var name = Dns.GetHostName();
        Assert.That(await Dns.GetHostAddressesAsync(name), Is.Not.Empty, $"{name} does not resolve; add it to /etc/hosts");
        var rules = ReachRules.Of(Sidecar(name));

        Assert.That(rules.IsOwnInbound(new HostPort(name, 20001)), Is.True);
        Assert.That(rules.FaultOf(IPAddress.Parse("127.0.1.1"), 20001, ownInbound: true), Is.EqualTo(ReachFault.None));
        Assert.That(rules.IsOwnInbound(new HostPort(name, 15001)), Is.False);
        Assert.That(rules.FaultOf(IPAddress.Parse("127.0.1.1"), 20001), Is.EqualTo(ReachFault.Loopback));
    }

    [TestCase("127.0.0.1", 8080, ReachFault.None)]
    [TestCase("10.0.0.5", 8080, ReachFault.None)]
    [TestCase("127.0.0.1", 15000, ReachFault.AdminAddress)]
    [TestCase("localhost", 15001, ReachFault.OwnListener)]
    [TestCase("127.0.0.1", 8500, ReachFault.RegistryAgent)]
    [TestCase("169.254.169.254", 80, ReachFault.LinkLocal)]
    public void A_registration_cannot_set_an_address_of_this_node_for_its_application(string host, int port, ReachFault expected) =>
        Assert.That(ReachRules.Of(Sidecar("10.0.0.5")).ApplicationFaultOf(new HostPort(host, port)), Is.EqualTo(expected));

    [Test]
    public void A_gateway_refuses_its_own_mesh_listener_on_every_address_of_its_host_and_accepts_another_gateways()
    {
        var rules = ReachRules.Of(
            new BootstrapSpec { Role = MeshRole.Gateway, Node = "gw-a", Gateway = new GatewaySpec { Address = "127.0.0.1" } });

        Assert.That(rules.FaultOf(new HostPort("127.0.0.1", 15443)), Is.EqualTo(ReachFault.OwnListener));
        Assert.That(rules.FaultOf(new HostPort("203.0.113.7", 15443)), Is.EqualTo(ReachFault.None));
        Assert.That(rules.FaultOf(new HostPort("127.0.0.1", 15543)), Is.EqualTo(ReachFault.None));
    }

    [Test]
    public void An_address_of_this_hosts_interfaces_counts_as_this_host()
    {
        var address = System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(each => each.GetIPProperties().UnicastAddresses)
            .Select(each => each.Address)
            .First();

        Assert.That(ReachRules.Of(Sidecar("127.0.0.1")).FaultOf(new HostPort(address.ToString(), 15002)), Is.EqualTo(ReachFault.OwnListener));
    }

    [Test]
    public void A_resolved_name_is_dialed_by_the_address_that_was_checked()
    {
        var rules = ReachRules.Of(Sidecar("10.0.0.5"));

        Assert.That(
            async () => await ReachedAddresses.OfAsync(rules, new HostPort("127.0.0.1", 80), default),
            Throws.TypeOf<AddressRefusedException>());
        Assert.That(
            async () => await ReachedAddresses.OfAsync(rules, new HostPort("10.1.2.3", 80), default),
            Is.EqualTo(new[] { IPAddress.Parse("10.1.2.3") }));
        Assert.That(
            async () => await ReachedAddresses.OfAsync(ReachRules.Of(Sidecar("127.0.0.1")), new HostPort("localhost", 80), default),
            Is.Not.Empty.And.All.Matches<IPAddress>(address => IPAddress.IsLoopback(address!)));
    }

    [TestCase("127.0.0.1", 9000, ReachFault.None)]
    [TestCase("localhost", 9000, ReachFault.None)]
    [TestCase("169.254.169.254", 80, ReachFault.LinkLocal)]
    [TestCase("0.0.0.0", 9000, ReachFault.Unspecified)]
    [TestCase("127.0.0.1", 15000, ReachFault.AdminAddress)]
    [TestCase("localhost", 15000, ReachFault.AdminAddress)]
    public async Task A_URL_of_a_policy_may_name_a_loopback_address_but_never_one_of_the_nodes_own(string host, int port, ReachFault fault)
    {
        var rules = ReachRules.Of(Sidecar("10.0.0.5") with { Admin = new IPEndPoint(IPAddress.Loopback, 15000) });

        try
        {
            var addresses = await ReachedAddresses.OfUrlAsync(rules, new HostPort(host, port), default);
            Assert.That((fault, addresses.All(IPAddress.IsLoopback)), Is.EqualTo((ReachFault.None, true)));
        }
        catch (AddressRefusedException refused)
        {
            Assert.That(refused.Fault, Is.EqualTo(fault));
        }
    }

    [Test]
    public async Task A_refusal_names_address_reason_and_fix()
    {
        var refusal = await Assert.ThrowsAsync<AddressRefusedException>(
            async () => await ReachedAddresses.OfAsync(ReachRules.Of(Sidecar("10.0.0.5")), new HostPort("127.1", 80), default));

        Assert.That(refusal!.Message, Is.EqualTo(
            "127.1:80 is a loopback address, and this node advertises none; remove the record, or list the range in the bootstrap, for "
                + "example reach: [ 127.0.0.0/8 ]"));
    }

    [TestCase("0.0.0.0", false, ReachFault.Loopback)]
    [TestCase("10.0.0.31", false, ReachFault.Loopback)]
    [TestCase("127.0.0.1", false, ReachFault.None)]
    [TestCase("0.0.0.0", true, ReachFault.None)]
    public void An_ingress_that_states_no_address_reaches_loopback_only_if_it_listens_there(
        string listener, bool stated, ReachFault expected)
    {
        var rules = ReachRules.Of(new BootstrapSpec
        {
            Role = MeshRole.Ingress,
            Node = "edge",
            Ingress = new IngressSpec
            {
                IsAddressStated = stated,
                Listeners = [new IngressListenerSpec(IPEndPoint.Parse(listener + ":8443"))],
            },
        });

        Assert.That(rules.FaultOf(new HostPort("127.0.0.1", 6379)), Is.EqualTo(expected));
    }

    private static BootstrapSpec Sidecar(string advertised) => new()
    {
        Role = MeshRole.Sidecar,
        Node = "host-a",
        Registry = new RegistrySpec("consul", "127.0.0.1:8500")
        {
            Agents = [new Uri("http://127.0.0.1:8500"), new Uri("http://10.9.9.9:8500"), new Uri("http://consul.example:8500")],
        },
        Sidecar = new SidecarSpec
        {
            Address = advertised,
            Services =
            [
                new LocalServiceSpec
                {
                    Name = "web",
                    Id = "web-1",
                    Port = 8080,
                    Outbound = IPEndPoint.Parse("127.0.0.1:15001"),
                    Inbound = IPEndPoint.Parse("0.0.0.0:20001"),
                    Upstreams = [
                        new UpstreamSpec("payments", IPEndPoint.Parse("127.0.0.1:5001")),
                        new UpstreamSpec("ledger", IPEndPoint.Parse("0.0.0.0:15002"))],
                },
            ],
        },
    };
}
