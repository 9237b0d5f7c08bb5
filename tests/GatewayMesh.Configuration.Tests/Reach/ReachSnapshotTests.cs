using System.Collections.Immutable;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Reach;

internal sealed class ReachSnapshotTests
{
    private static readonly ReachRules Rules = ReachRules.Of(
        new BootstrapSpec { Role = MeshRole.Gateway, Node = "gw", Gateway = new GatewaySpec { Address = "10.0.0.9" } });

    [Test]
    public void Instances_with_a_forbidden_address_are_left_out_and_named()
    {
        var entries = EntrySet.Empty with
        {
            Services =
            [
                new ServiceEntry
                {
                    Name = "ledger",
                    Instances = [
                        new ServiceInstance("a", new HostPort("169.254.169.254", 80)),
                        new ServiceInstance("b", new HostPort("10.0.0.7", 80))],
                },
            ],
        };

        var snapshot = Compile(
            entries, Node("evil", new NodeService("payments", "payments-1", new HostPort("127.0.0.1", 15000), Healthy: true)));

        Assert.That(snapshot.Services["ledger"].Endpoints.Select(each => each.Id), Is.EqualTo(new[] { "b" }));
        Assert.That(snapshot.Services["payments"].Endpoints, Is.Empty);
        Assert.That(snapshot.Services["payments"].HasRefused, Is.True);
        Assert.That(snapshot.Refused, Is.EqualTo(new[]
        {
            new RefusedRecord("ledger", "a", "", new HostPort("169.254.169.254", 80), ReachFault.LinkLocal),
            new RefusedRecord("payments", "payments-1", "evil", new HostPort("127.0.0.1", 15000), ReachFault.AdminAddress),
        }));
    }

    [Test]
    public void Instances_of_a_catalog_and_of_other_datacenters_are_checked_too()
    {
        var catalog = new ServiceCatalog(
            [new DiscoveredService("payments", [new DiscoveredInstance("p1", "n", new HostPort("127.0.0.1", 1), Healthy: true)])], [])
        {
            Targets = [
                new DiscoveredTarget("payments", "", "dc2", [new DiscoveredInstance("p2", "n", new HostPort("::1", 1), Healthy: true)])],
        };
        var entries = EntrySet.Empty with
        {
            ServiceDefaults = [new ServiceDefaultsEntry { Name = "payments", Protocol = "http" }],
            ServiceResolvers =
            [
                new Entries.Resolvers.ServiceResolverEntry
                {
                    Name = "payments",
                    Redirect = new Entries.Resolvers.RedirectEntry("", "", "dc2"),
                },
            ],
        };

        var snapshot = SnapshotCompiler.Compile(entries, [], catalog, reach: Rules);

        Assert.That(snapshot.Targets["payments.default.dc2"].Endpoints, Is.Empty);
        Assert.That(snapshot.Targets["payments.default.dc2"].HasRefused, Is.True);
        Assert.That(snapshot.Refused.Select(record => (record.Id, record.Datacenter)), Is.EqualTo(new[] { ("p1", ""), ("p2", "dc2") }));
    }

    [Test]
    public void Gateways_with_a_forbidden_address_on_either_listener_are_left_out()
    {
        var snapshot = Compile(
            EntrySet.Empty,
            Gateway("gw-mesh", "127.0.0.1:15443", "10.0.0.8:15444"),
            Gateway("gw-tunnel", "10.0.0.8:15443", "0.0.0.0:15444"),
            Gateway("gw-well", "10.0.0.8:15443", "10.0.0.8:15444"));

        Assert.That(snapshot.Gateways.Select(gateway => gateway.Node), Is.EqualTo(new[] { "gw-well" }));
        Assert.That(
            snapshot.Refused.Select(record => (record.Service, record.Id)),
            Is.EqualTo(new[] { ("gateway:default", "gw-mesh"), ("gateway:default", "gw-tunnel") }));
    }

    [Test]
    public void A_gateway_that_reads_its_own_record_refuses_nothing_and_has_the_same_revision_as_others()
    {
        var own = Gateway("gw", "10.0.0.9:15443", "10.0.0.9:15443");
        var entries = EntrySet.Empty;

        var snapshot = Compile(entries, own);

        Assert.That(snapshot.Refused, Is.Empty);
        Assert.That(snapshot.Revision, Is.EqualTo(SnapshotCompiler.Compile(entries, [own]).Revision));
    }

    [Test]
    public void On_one_machine_too_a_gateway_refuses_a_service_at_its_own_listener()
    {
        var rules = ReachRules.Of(
            new BootstrapSpec { Role = MeshRole.Gateway, Node = "gw", Gateway = new GatewaySpec { Address = "127.0.0.1" } });
        var evil = Node("evil", new NodeService("payments", "p", new HostPort("127.0.0.1", 15443), Healthy: true));

        var snapshot = SnapshotCompiler.Compile(EntrySet.Empty, [Gateway("gw", "127.0.0.1:15443", "127.0.0.1:15443"), evil], reach: rules);

        Assert.That(snapshot.Gateways.Single().Node, Is.EqualTo("gw"));
        Assert.That(snapshot.Refused.Single().Fault, Is.EqualTo(ReachFault.OwnListener));
    }

    [Test]
    public void A_forbidden_application_address_does_not_affect_its_sidecar()
    {
        var service = new NodeService(
            "payments", "p", new HostPort("10.0.0.6", 20001), Healthy: true) { Application = new HostPort("127.0.0.1", 8500) };

        var snapshot = Compile(EntrySet.Empty, Node("host-b", service));

        Assert.That(snapshot.Services["payments"].Endpoints.Single().Application, Is.Null);
        Assert.That(snapshot.Services["payments"].HasRefused, Is.False);
        Assert.That(snapshot.Refused.Single().Address, Is.EqualTo(new HostPort("127.0.0.1", 8500)));
    }

    [Test]
    public void A_refused_record_is_part_of_the_revision()
    {
        var well = Compile(EntrySet.Empty, Node("a", new NodeService("web", "w", new HostPort("10.0.0.6", 1), Healthy: true)));
        var poisoned = Compile(
            EntrySet.Empty,
            Node("a", new NodeService("web", "w", new HostPort("10.0.0.6", 1), Healthy: true)),
            Node("b", new NodeService("web", "x", new HostPort("127.0.0.1", 1), Healthy: true)));

        Assert.That(poisoned.Revision, Is.Not.EqualTo(well.Revision));
    }

    private static MeshSnapshot Compile(EntrySet entries, params DiscoveredNode[] nodes) =>
        SnapshotCompiler.Compile(entries, nodes, reach: Rules);

    private static DiscoveredNode Node(string node, NodeService service) =>
        new(new NodeRecord { Node = node, Role = MeshRole.Sidecar, Version = "1", Services = [service] }, Alive: true);

    private static DiscoveredNode Gateway(string node, string mesh, string tunnel)
    {
        _ = HostPort.TryParse(mesh, out var meshAddress) & HostPort.TryParse(tunnel, out var tunnelAddress);
        return new(
            new NodeRecord
            {
                Node = node,
                Role = MeshRole.Gateway,
                Version = "1",
                Gateway = new NodeGateway("g", "default", meshAddress, tunnelAddress),
            },
            Alive: true);
    }
}
