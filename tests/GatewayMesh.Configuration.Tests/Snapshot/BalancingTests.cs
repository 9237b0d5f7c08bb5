using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.LoadBalancing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Snapshot;

/// <summary>Inputs of the balancers: weights, zones, and settings of resolvers.</summary>
public sealed class BalancingTests
{
    [Test]
    public void The_zone_and_weight_of_an_instance_override_the_zone_of_its_node()
    {
        DiscoveredNode[] nodes =
        [
            new(new NodeRecord
            {
                Node = "host-a",
                Role = Configuration.Bootstrap.MeshRole.Sidecar,
                Version = "1",
                Zone = "a",
                Services =
                [
                    new NodeService("web", "web-1", new HostPort("10.0.0.1", 1), Healthy: true) { Weight = 7 },
                    new NodeService("web", "web-2", new HostPort("10.0.0.1", 2), Healthy: true) { Meta = NodeServiceMeta("b") },
                ],
            }, Alive: true),
        ];
        var endpoints = SnapshotCompiler.Compile(EntrySet.Empty, nodes).Services["web"].Endpoints;
        Assert.That(
            endpoints.Select(endpoint => (endpoint.Id, endpoint.Zone, endpoint.Weight)),
            Is.EqualTo(new[] { ("web-1", "a", 7), ("web-2", "b", 1) }));
    }

    [Test]
    public void A_weight_and_a_zone_are_part_of_the_revision()
    {
        string Of(ServiceInstance instance) =>
            SnapshotCompiler.Compile(
                EntrySet.Empty with { Services = [new ServiceEntry { Name = "web", Instances = [instance] }] }, []).Revision;

        var plain = new ServiceInstance("web-1", new HostPort("10.0.0.1", 1));
        Assert.That(new[] { Of(plain), Of(plain with { Weight = 2 }), Of(plain with { Meta = NodeServiceMeta("a") }) }, Is.Unique);
    }

    [Test]
    public void A_resolver_overrides_the_policy_and_keeps_its_other_settings()
    {
        var entries = EntrySet.Empty with
        {
            ServicePolicies = [
                new ServicePolicyEntry
                {
                    Name = "*",
                    LoadBalancing = new()
                    {
                        Policy = BalancingPolicy.RoundRobin,
                        PanicThreshold = 0.2,
                        SlowStart = new() { Window = TimeSpan.FromSeconds(9) },
                    },
                }],
            ServiceResolvers =
            [
                new ServiceResolverEntry
                {
                    Name = "web",
                    LoadBalancer = new()
                    {
                        Policy = BalancerPolicy.RingHash,
                        MinimumRingSize = 64,
                        HashPolicies = [
                            new() { Field = HashField.Header, FieldValue = "X-User", Terminal = true },
                            new() { Field = HashField.Cookie, FieldValue = "s" },
                            new() { Field = HashField.QueryParameter, FieldValue = "q" },
                            new() { SourceIP = true }],
                    },
                },
                new ServiceResolverEntry { Name = "api", LoadBalancer = new() { Policy = BalancerPolicy.LeastRequest, ChoiceCount = 4 } },
            ],
            Services = [
                .. new[] { "web", "api", "db" }.Select(
                    name => new ServiceEntry { Name = name, Instances = [new ServiceInstance(name, new HostPort("10.0.0.1", 1))] })],
        };
        var services = SnapshotCompiler.Compile(entries, []).Services;
        var (web, api, db) = (
            services["web"].Policy.LoadBalancing, services["api"].Policy.LoadBalancing, services["db"].Policy.LoadBalancing);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (web.Policy, web.Ring.MinSize, web.PanicThreshold, web.SlowStart.Window),
                Is.EqualTo((BalancingPolicy.RingHash, 64, 0.2, TimeSpan.Zero)));
            Assert.That(
                web.Hash,
                Is.EqualTo(
                    new[]
                    {
                        new HashKey(HashSource.Header, "x-user", true),
                        new HashKey(HashSource.Cookie, "s", false),
                        new HashKey(HashSource.Query, "q", false),
                        new HashKey(HashSource.Source, "", false),
                    }));
            Assert.That((api.Policy, api.Choices, db.Policy), Is.EqualTo((BalancingPolicy.LeastRequest, 4, BalancingPolicy.RoundRobin)));
        }
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, string> NodeServiceMeta(string zone) =>
        System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add(EndpointModel.ZoneKey, zone);
}
