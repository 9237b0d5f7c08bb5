using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Snapshot;

internal sealed class SnapshotCompilerTests
{
    [Test]
    public void Instances_come_from_nodes_and_from_entries()
    {
        var entries = EntrySet.Empty with
        {
            Services = [Service("ledger", new ServiceInstance("a", new HostPort("10.0.0.7", 9000)) { Healthy = false })],
        };

        var snapshot = SnapshotCompiler.Compile(entries, [Node("host-a", "web", 1)]);

        Assert.That(
            snapshot.Services["web"].Endpoints.Single(),
            Is.EqualTo(new EndpointModel("web", "web-host-a", "host-a", new HostPort("10.0.0.1", 1), true)));
        Assert.That(
            snapshot.Services["ledger"].Endpoints.Single(),
            Is.EqualTo(new EndpointModel("ledger", "a", "", new HostPort("10.0.0.7", 9000), false)));
    }

    [Test]
    public void Instances_of_a_gone_node_are_unhealthy_and_not_deleted() =>
        Assert.That(Compile(Node("host-a", "web", 1) with { Alive = false }).Services["web"].Endpoints.Single().Healthy, Is.False);

    [Test]
    public void A_gateway_that_is_gone_is_unhealthy_and_not_deleted()
    {
        var gateway = new DiscoveredNode(
            new NodeRecord
            {
                Node = "gw",
                Role = MeshRole.Gateway,
                Version = "1",
                Gateway = new NodeGateway("g", "default", new HostPort("a", 1), new HostPort("a", 2)),
            },
            Alive: false);

        Assert.That(
            Compile(gateway).Gateways.Single(),
            Is.EqualTo(new GatewayModel("gw", "default", new HostPort("a", 1), new HostPort("a", 2), false)));
    }

    [Test]
    public void An_instance_reported_twice_is_one_instance_and_healthy_if_either_report_is()
    {
        var old = Node("host-a", "web", 1) with { Alive = false };
        var renamed = old with { Record = old.Record with { Node = "host-b" }, Alive = true };

        var endpoint = Compile(old, renamed).Services["web"].Endpoints.Single();

        Assert.That((endpoint.Node, endpoint.Healthy), Is.EqualTo(("host-b", true)));
    }

    [Test]
    public void Service_names_are_case_insensitive()
    {
        var snapshot = Compile(Node("host-a", "Web", 1), Node("host-b", "web", 2));

        Assert.That(snapshot.Services["WEB"].Endpoints, Has.Length.EqualTo(2));
        Assert.That(snapshot.Services, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_registration_or_entry_in_upper_case_does_not_rename_the_service_whose_certificate_is_expected()
    {
        var entries = EntrySet.Empty with { ServiceDefaults = [new ServiceDefaultsEntry { Name = "API", Protocol = "grpc" }] };
        var snapshot = SnapshotCompiler.Compile(
            entries, [Node("host-a", "PAYMENTS", 1), Node("host-b", "payments", 2), Node("host-c", "Api", 3)]);

        Assert.That(snapshot.Services.Values.Select(service => service.Name).Order(), Is.EqualTo(new[] { "Api", "payments" }));
        Assert.That(snapshot.Services["api"].Protocol, Is.EqualTo("grpc"));
    }

    [Test]
    public void A_policy_falls_back_to_the_shared_policy_and_then_to_the_defaults()
    {
        var entries = EntrySet.Empty with
        {
            ServicePolicies =
            [
                new ServicePolicyEntry
                {
                    Name = "*",
                    Retries = new() { MaxAttempts = 5 },
                    Timeouts = new() { Request = TimeSpan.FromSeconds(5) },
                },
                new ServicePolicyEntry { Name = "web", Retries = new() { MaxAttempts = 1 } },
            ],
        };
        var snapshot = SnapshotCompiler.Compile(entries, [Node("host-a", "web", 1), Node("host-b", "api", 1)]);

        Assert.That(
            snapshot.Services["web"].Policy,
            Is.EqualTo(
                PolicyModel.Default with { Retries = new() { MaxAttempts = 1 }, Timeouts = new() { Request = TimeSpan.FromSeconds(5) } }));
        Assert.That(
            snapshot.Services["api"].Policy,
            Is.EqualTo(
                PolicyModel.Default with { Retries = new() { MaxAttempts = 5 }, Timeouts = new() { Request = TimeSpan.FromSeconds(5) } }));
    }

    [Test]
    public void Defaults_make_a_service_known_and_set_its_protocol()
    {
        var entries = EntrySet.Empty with
        {
            ServiceDefaults = [new ServiceDefaultsEntry { Name = "web", Protocol = "grpc" }, new ServiceDefaultsEntry { Name = "later" }],
        };
        var snapshot = SnapshotCompiler.Compile(entries, [Node("host-a", "web", 1)]);

        Assert.That(snapshot.Services["web"].Protocol, Is.EqualTo("grpc"));
        Assert.That(snapshot.Services["later"].Endpoints, Is.Empty);
    }

    [Test]
    public void A_wildcard_exposes_every_service_and_named_hosts_take_precedence()
    {
        var entries = EntrySet.Empty with
        {
            IngressGateways = [
                new IngressGatewayEntry
                {
                    Name = "edge",
                    Listeners = [new IngressListener(8080, [new IngressService("*", []), new IngressService("api", ["web"])])],
                }],
        };
        var hosts = SnapshotCompiler.Compile(entries, [Node("host-a", "web", 1)]).Ingress[("edge", 8080)].Hosts;

        Assert.That(hosts["web"], Is.EqualTo("api"));
        Assert.That(hosts["web.*"], Is.EqualTo("web"));
    }

    [Test]
    public void Values_that_describe_only_the_node_do_not_change_the_revision()
    {
        var node = Node("host-a", "web", 1);

        Assert.That(
            Compile(
                node with
                {
                    HeardAt = 5,
                    Record = node.Record with
                    {
                        Revision = "x",
                        Tier = "gateway",
                        RequestRate = 9,
                        At = DateTimeOffset.UnixEpoch,
                        Version = "2",
                    },
                }).Revision,
            Is.EqualTo(Compile(node).Revision));
    }

    [Test]
    public void Each_part_of_the_content_changes_the_revision()
    {
        var node = Node("host-a", "web", 1);
        var service = node.Record.Services[0];
        DiscoveredNode With(NodeService other) => node with { Record = node.Record with { Services = [other] } };
        MeshSnapshot Entries(EntrySet entries) => SnapshotCompiler.Compile(entries, [node]);
        IngressGatewayEntry Ingress(string host) =>
            new() { Name = "edge", Listeners = [new IngressListener(80, [new IngressService("web", [host])])] };

        string[] revisions =
        [
            Compile().Revision,
            Compile(node).Revision,
            Compile(node with { Alive = false }).Revision,
            Compile(With(service with { Name = "api" })).Revision,
            Compile(With(service with { Id = "x" })).Revision,
            Compile(With(service with { Address = new HostPort("10.0.0.1", 2) })).Revision,
            Compile(With(service with { Protocol = "grpc" })).Revision,
            Compile(With(service with { Meta = service.Meta.Add("a", "b") })).Revision,
            Compile(With(service with { Meta = service.Meta.Add("ab", "") })).Revision,
            Entries(
                EntrySet.Empty with
                {
                    ServicePolicies = [new ServicePolicyEntry { Name = "*", Retries = new() { MaxAttempts = 7 } }],
                }).Revision,
            Entries(
                EntrySet.Empty with
                {
                    ServicePolicies = [new ServicePolicyEntry { Name = "*", Ejection = new() { ConsecutiveFailures = 7 } }],
                }).Revision,
            Entries(EntrySet.Empty with { IngressGateways = [Ingress("a")] }).Revision,
            Entries(EntrySet.Empty with { IngressGateways = [Ingress("b")] }).Revision,
        ];

        Assert.That(revisions, Is.Unique);
        Assert.That(revisions, Has.All.Length.EqualTo(12));
    }

    [Test]
    public void Nodes_that_watch_different_services_have_the_same_revision_of_their_entries()
    {
        var entries = EntrySet.Empty with { ServicePolicies = [new ServicePolicyEntry { Name = "web", Retries = new() { MaxAttempts = 7 } }] };
        var one = SnapshotCompiler.Compile(entries, [Node("host-a", "web", 1)]);
        var other = SnapshotCompiler.Compile(entries, [Node("host-b", "api", 2)]);
        var changed = SnapshotCompiler.Compile(
            EntrySet.Empty with { ServicePolicies = [new ServicePolicyEntry { Name = "web", Retries = new() { MaxAttempts = 8 } }] },
            [Node("host-a", "web", 1)]);

        Assert.That(other.Revision, Is.Not.EqualTo(one.Revision));
        Assert.That(other.EntriesRevision, Is.EqualTo(one.EntriesRevision));
        Assert.That(changed.EntriesRevision, Is.Not.EqualTo(one.EntriesRevision));
    }

    [Test]
    public void The_revision_does_not_depend_on_any_order()
    {
        var entries = new EntrySet
        {
            Services = [
                .. Enumerable.Range(0, 6).Select(
                    i => Service(
                        $"s{i % 3}",
                        new ServiceInstance($"i{i}", new HostPort("10.0.1.1", i + 1)) { Protocol = i % 2 == 0 ? "http" : "grpc" }))],
            ServiceDefaults = [new ServiceDefaultsEntry { Name = "s1", Protocol = "http2" }, new ServiceDefaultsEntry { Name = "S2" }],
            IngressGateways = [
                .. Enumerable.Range(1, 3).Select(
                    i => new IngressGatewayEntry { Name = $"e{i}", Listeners = [new IngressListener(i, [new IngressService("*", [])])] })],
            ServicePolicies = [
                new ServicePolicyEntry { Name = "*", Retries = new() { MaxAttempts = 2 } },
                new ServicePolicyEntry { Name = "s0", Ejection = new() { ConsecutiveFailures = 1 } }],
        };
        ImmutableArray<DiscoveredNode> nodes = [
            Node("a", "s0", 1), Node("b", "S0", 2), Node("c", "web", 3), Node("d", "web", 3) with { Alive = false }];
        var revision = SnapshotCompiler.Compile(entries, nodes).Revision;

        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new System.Random(seed);
            var shuffled = new EntrySet
            {
                Services = Shuffle(entries.Services, random),
                ServiceDefaults = Shuffle(entries.ServiceDefaults, random),
                IngressGateways = Shuffle(entries.IngressGateways, random),
                ServicePolicies = Shuffle(entries.ServicePolicies, random),
            };
            return SnapshotCompiler.Compile(shuffled, Shuffle(nodes, random)).Revision == revision;
        }).QuickCheckThrowOnFailure();
    }

    private static ImmutableArray<T> Shuffle<T>(ImmutableArray<T> items, System.Random random)
    {
        T[] shuffled = [.. items];
        random.Shuffle(shuffled);
        return [.. shuffled];
    }

    private static MeshSnapshot Compile(params DiscoveredNode[] nodes) => SnapshotCompiler.Compile(EntrySet.Empty, nodes);

    private static ServiceEntry Service(string name, ServiceInstance instance) => new() { Name = name, Instances = [instance] };

    private static DiscoveredNode Node(string node, string service, int port) => new(
        new NodeRecord
        {
            Node = node,
            Role = MeshRole.Sidecar,
            Version = "1",
            Services = [new NodeService(service, port == 3 ? "same" : $"{service}-{node}", new HostPort("10.0.0.1", port), Healthy: true)],
        },
        Alive: true);
}
