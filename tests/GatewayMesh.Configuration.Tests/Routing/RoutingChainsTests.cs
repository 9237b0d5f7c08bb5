using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Entries.Splitters;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Configuration.Routing;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Routing;

/// <summary>One change compiles the chains that it changes, each once, for validation, watches and snapshot together.</summary>
internal sealed class RoutingChainsTests
{
    private const int Services = 1_000;

    [Test]
    public void New_set_compiles_each_of_its_chains_once_for_all_users()
    {
        var set = Set(Resolvers());
        UseEverywhere(set, instances: 1);
        Assert.That(set.Chains.Compilations, Is.EqualTo(Services));
    }

    [Test]
    public void Changed_instance_compiles_no_chain()
    {
        var set = Set(Resolvers());
        UseEverywhere(set, instances: 1);
        var before = set.Chains.Compilations;
        UseEverywhere(set, instances: 2);
        Assert.That(set.Chains.Compilations, Is.EqualTo(before));
    }

    [Test]
    public void Changed_entry_compiles_only_the_chains_that_lead_through_it()
    {
        var before = Resolvers();
        var set = Set(before);
        var next = Set(before.SetItem(7, Resolver(7) with { ConnectTimeout = TimeSpan.FromSeconds(1) }), set);
        UseEverywhere(next, instances: 1);

        // Service 8 redirects to service 7.
        Assert.That(next.Chains.Compilations, Is.EqualTo(2));
        Assert.That(TimeoutOf(next, "s7"), Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(TimeoutOf(next, "s8"), Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(TimeoutOf(set, "s8"), Is.Null, "the set before is not changed");
    }

    [Test]
    public void Changed_protocol_compiles_the_chains_that_speak_it()
    {
        var entries = Resolvers().Cast<ConfigEntry>().ToImmutableArray();
        var set = From(entries, null);
        var next = From(entries.Add(new ServiceDefaultsEntry { Name = "s5", Protocol = "http" }), set);
        Assert.That(next.Chains.Errors, Is.Empty);
        Assert.That(next.Chains.Compilations, Is.EqualTo(1));
    }

    [Test]
    public void New_entry_of_a_name_that_was_free_compiles_the_chains_that_asked_for_it()
    {
        var split = new ServiceSplitterEntry { Name = "a", Splits = [new SplitEntry(5000), new SplitEntry(5000) { Service = "b" }] };
        var shared = new ProxyDefaultsEntry { Name = "global", Protocol = "http" };
        var set = From([split, shared], null);
        Assert.That(TargetOf(set, "a", "b"), Is.EqualTo("b.default.dc1"));
        var redirect = new ServiceResolverEntry { Name = "b", Redirect = new RedirectEntry("c", "", "") };
        Assert.That(TargetOf(From([split, shared, redirect], set), "a", "c"), Is.EqualTo("c.default.dc1"));
    }

    [TestCase("dc1", "web.default.dc1", "web.default.dc2")]
    [TestCase("dc2", "web.default.dc2")]
    public void Chain_that_names_the_local_datacenter_is_compiled_for_that_datacenter(string home, string target, params string[] failover)
    {
        // Failover to the target itself is dropped.
        var set = From([new ServiceResolverEntry { Name = "web", Failover = Failover("dc2") }], null);
        var node = (ResolverNode)new ChainCompiler(set, home, ChainCompiler.Bare).Compile("web", out _)!.Start;
        Assert.That(node.Failover.Select(other => other.Id).Prepend(node.Target.Id), Is.EqualTo(failover.Prepend(target)));
    }

    [Test]
    public void Copy_of_a_set_has_chains_of_its_own()
    {
        var set = Set(Resolvers());
        var copy = set with { ServiceResolvers = [Resolver(0)] };
        Assert.That(copy.Chains.Names, Is.EqualTo(new[] { "s0" }));
        Assert.That(copy.Chains.Compilations, Is.Zero);
        Assert.That(set.Chains.Names, Has.Length.EqualTo(Services));
    }

    private static ImmutableSortedDictionary<string, FailoverEntry> Failover(string datacenter) =>
        ImmutableSortedDictionary<string, FailoverEntry>.Empty.Add(
            ServiceResolverEntry.Any, new FailoverEntry { Datacenters = [datacenter] });

    // Validation has compiled the chains; each snapshot and the watches of Consul (targets without instances) use them.
    private static void UseEverywhere(EntrySet set, int instances)
    {
        var watches = new ChainCompiler(set, "dc1", ChainCompiler.Bare);
        Assert.That(set.Chains.Names.Select(name => watches.Compile(name, out _)), Has.None.Null);
        var snapshot = SnapshotCompiler.Compile(
            set,
            [],
            new ServiceCatalog(
                [new DiscoveredService("s0", [.. Enumerable.Range(0, instances).Select(Instance)])], []),
            datacenter: "dc1");
        Assert.That(snapshot.Services["s0"].Endpoints, Has.Length.EqualTo(instances));
    }

    private static DiscoveredInstance Instance(int number) =>
        new($"s0-{number}", "host-a", new HostPort("10.0.0.1", 8000 + number), Healthy: true);

    private static TimeSpan? TimeoutOf(EntrySet set, string name) =>
        ((ResolverNode)new ChainCompiler(set, "dc1", ChainCompiler.Bare).Compile(name, out _)!.Start).ConnectTimeout;

    private static string? TargetOf(EntrySet set, string name, string service)
    {
        var compiler = new ChainCompiler(set, "dc1", ChainCompiler.Bare);
        _ = compiler.Compile(name, out _);
        return compiler.Targets.SingleOrDefault(target => target.Service == service)?.Id;
    }

    private static ImmutableArray<ServiceResolverEntry> Resolvers() => [.. Enumerable.Range(0, Services).Select(Resolver)];

    private static ServiceResolverEntry Resolver(int number) => number == 8
        ? new ServiceResolverEntry { Name = "s8", Redirect = new RedirectEntry("s7", "", "") }
        : new ServiceResolverEntry { Name = $"s{number}" };

    private static EntrySet Set(ImmutableArray<ServiceResolverEntry> resolvers, EntrySet? before = null) =>
        From([.. resolvers.Cast<ConfigEntry>()], before);

    private static EntrySet From(ImmutableArray<ConfigEntry> entries, EntrySet? before)
    {
        var errors = new ConfigErrors();
        var set = EntrySet.From(entries, errors, before);
        Assert.That(errors.ToSorted(), Is.Empty);
        return set!;
    }
}
