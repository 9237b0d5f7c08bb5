using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Entries.Splitters;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Snapshot;

/// <summary>Routes and their targets in a snapshot.</summary>
public sealed class RouteSnapshotTests
{
    private static readonly ServiceEntry Web = new()
    {
        Name = "web",
        Instances =
        [
            new ServiceInstance("web-1", new HostPort("10.0.0.1", 80)) { Tags = ["blue"], Meta = Meta("v1") },
            new ServiceInstance("web-2", new HostPort("10.0.0.2", 80)) { Meta = Meta("v2") },
            new ServiceInstance("web-9", new HostPort("10.9.0.1", 80)) { Meta = Meta("v2"), Datacenter = "dc2" },
        ],
    };

    private static readonly ServiceResolverEntry Resolver = new()
    {
        Name = "web",
        Subsets = ImmutableSortedDictionary<string, SubsetEntry>.Empty.Add(
            "v1",
            new SubsetEntry(
                "Service.Meta.version == v1 and blue in Service.Tags",
                false)).Add("v2", new SubsetEntry("Service.Meta.version == v2", false)),
        Failover = ImmutableSortedDictionary<string, FailoverEntry>.Empty.Add("*", new FailoverEntry { Datacenters = ["dc2"] }),
    };

    private static readonly EntrySet Entries = EntrySet.Empty with
    {
        Services = [Web],
        ServiceDefaults = [new ServiceDefaultsEntry { Name = "web", Protocol = "http2" }],
        ServiceResolvers = [Resolver],
        ServiceSplitters = [
            new ServiceSplitterEntry
            {
                Name = "web",
                Splits = [new SplitEntry(9000) { ServiceSubset = "v1" }, new SplitEntry(1000) { ServiceSubset = "v2" }],
            }],
    };

    [Test]
    public void A_subset_has_the_instances_that_its_filter_matches()
    {
        var snapshot = Compile(Entries);
        Assert.That(Ids(snapshot, "v1.web.default.dc1"), Is.EqualTo("web-1"));
        Assert.That(Ids(snapshot, "v2.web.default.dc1"), Is.EqualTo("web-2"));
        Assert.That(snapshot.Targets["v2.web.default.dc1"].Protocol, Is.EqualTo("http2"));
        Assert.That(snapshot.Services["web"].Routes, Is.InstanceOf<SplitterNode>());
    }

    [Test]
    public void Instances_of_another_datacenter_are_a_target_and_not_part_of_the_service()
    {
        var snapshot = Compile(Entries);
        Assert.That(snapshot.Services["web"].Endpoints.Select(endpoint => endpoint.Id), Is.EqualTo(new[] { "web-1", "web-2" }));
        Assert.That(Ids(snapshot, "v2.web.default.dc2"), Is.EqualTo("web-9"));
        Assert.That(snapshot.Targets["v2.web.default.dc2"].Endpoints.Single().Datacenter, Is.EqualTo("dc2"));
        Assert.That(
            SnapshotCompiler.Compile(Entries, [], datacenter: "dc2").Services["web"].Endpoints.Select(endpoint => endpoint.Id),
            Does.Contain("web-9"),
            "there it is at home");
    }

    [Test]
    public void A_name_that_only_entries_mention_is_a_service()
    {
        var snapshot = Compile(
            Entries with
            {
                ServiceDefaults = [.. Entries.ServiceDefaults, new ServiceDefaultsEntry { Name = "shop", Protocol = "http2" }],
                ServiceSplitters = [],
                ServiceResolvers = [new ServiceResolverEntry { Name = "shop", Redirect = new RedirectEntry("web", "", "") }],
            });
        Assert.That(snapshot.Services["shop"].Endpoints, Is.Empty);
        Assert.That(((ResolverNode)snapshot.Services["shop"].Routes!).Target.Endpoints, Has.Length.EqualTo(2));
        Assert.That(snapshot.Services["web"].Routes, Is.Null);
    }

    [Test]
    public void The_revision_follows_routes_and_members()
    {
        var revision = Compile(Entries).Revision;
        Assert.That(
            Compile(
                Entries with
                {
                    ServiceSplitters = [
                        Entries.ServiceSplitters[0] with
                        {
                            Splits = [new SplitEntry(8000) { ServiceSubset = "v1" }, new SplitEntry(2000) { ServiceSubset = "v2" }],
                        }],
                }).Revision,
            Is.Not.EqualTo(revision),
            "weights");
        Assert.That(
            Compile(Entries with { ServiceResolvers = [Resolver with { ConnectTimeout = TimeSpan.FromSeconds(1) }] }).Revision,
            Is.Not.EqualTo(revision),
            "times");
        Assert.That(
            Compile(
                Entries with
                {
                    ServiceResolvers = [Resolver with { LoadBalancer = new LoadBalancerEntry { Policy = BalancerPolicy.Maglev } }],
                }).Revision,
            Is.Not.EqualTo(revision),
            "load balancer");
        Assert.That(Compile(Entries).Revision, Is.EqualTo(revision));
    }

    [Test]
    public void The_registrys_own_result_for_a_target_replaces_the_filter()
    {
        var instance = new DiscoveredInstance("web-7", "host", new HostPort("10.0.0.7", 80), false) { Warns = true };
        var catalog = new ServiceCatalog([new DiscoveredService("web", [instance])], [])
        {
            Targets = [new DiscoveredTarget("web", "v1", "", [instance]), new DiscoveredTarget("web", "v2", "", null) { IsDormant = true }],
        };
        var strict = Entries with
        {
            Services = [],
            ServiceResolvers = [Resolver with { Subsets = Resolver.Subsets.SetItem("v1", new SubsetEntry("", true)) }],
        };
        var lax = SnapshotCompiler.Compile(Entries with { Services = [] }, [], catalog, datacenter: "dc1");
        Assert.That(
            lax.Targets["v1.web.default.dc1"].Endpoints.Single(),
            Has.Property("Id").EqualTo("web-7").And.Property("Healthy").True,
            "it only warns");
        Assert.That(
            SnapshotCompiler.Compile(strict, [], catalog, datacenter: "dc1").Targets["v1.web.default.dc1"].Endpoints.Single().Healthy,
            Is.False,
            "only passing ones are well");
        Assert.That(lax.Targets["v2.web.default.dc1"], Has.Property("IsDormant").True.And.Property("Endpoints").Empty);
    }

    [Test]
    public void The_defaults_of_a_service_and_the_values_of_an_instance_override_shared_defaults()
    {
        var entries = EntrySet.Empty with
        {
            ProxyDefaults = [new ProxyDefaultsEntry { Name = "global", Protocol = "http2" }],
            ServiceDefaults = [new ServiceDefaultsEntry { Name = "own", Protocol = "http" }],
            Services = [
                .. new[] { "own", "explicit", "silent" }.Select(
                    name => new ServiceEntry
                    {
                        Name = name,
                        Instances = [
                            new ServiceInstance(name, new HostPort("10.0.0.1", 80)) { Protocol = name == "explicit" ? "grpc" : "http" }],
                    })],
        };
        var services = Compile(entries).Services;
        Assert.That(
            (services["own"].Protocol, services["explicit"].Protocol, services["silent"].Protocol), Is.EqualTo(("http", "grpc", "http2")));
    }

    [Test]
    public void Weights_of_nested_splitters_add_up_to_100_percent()
    {
        SplitEntry[] thirds = [new(3333) { Service = "a" }, new(3333) { Service = "b" }, new(3334) { Service = "c" }];
        var errors = new ConfigErrors();
        var set = EntrySet.From(
            [
                .. new[] { "web", "next", "a", "b", "c" }.Select(name => new ServiceDefaultsEntry { Name = name, Protocol = "http" }),
                new ServiceSplitterEntry { Name = "web", Splits = [new SplitEntry(6667), new SplitEntry(3333) { Service = "next" }] },
                new ServiceSplitterEntry { Name = "next", Splits = [.. thirds] },
            ],
            errors)!;
        Assert.That(((SplitterNode)Compile(set).Services["web"].Routes!).Legs.Sum(leg => leg.Weight), Is.EqualTo(SplitEntry.Whole));
    }

    private static MeshSnapshot Compile(EntrySet entries) => SnapshotCompiler.Compile(entries, [], datacenter: "dc1");

    private static string Ids(MeshSnapshot snapshot, string target) =>
        string.Join(' ', snapshot.Targets[target].Endpoints.Select(endpoint => endpoint.Id));

    private static ImmutableSortedDictionary<string, string> Meta(string version) =>
        ImmutableSortedDictionary<string, string>.Empty.Add("version", version);
}
