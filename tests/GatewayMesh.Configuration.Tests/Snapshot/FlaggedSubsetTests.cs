using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Policies.Tier;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Tests.Snapshot;

/// <summary>Feature flags in the compiled mesh: routes of the subsets that they choose, and the revision.</summary>
public sealed class FlaggedSubsetTests
{
    private static readonly FeatureFlagEntry Next = new() { Name = "next", Enabled = true };

    [Test]
    public void A_subset_that_a_flag_chooses_has_its_failover()
    {
        var snapshot = Compile(new FlagUse { Flag = "next", Subset = "v2" }, Next);
        var node = snapshot.FlaggedSubsets[MeshSnapshot.SubsetKey("payments", "v2")];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(node.Target.Id, Is.EqualTo("v2.payments.default.default"));
            Assert.That(node.Failover.Select(target => target.Id), Is.EqualTo(new[] { "v1.payments.default.default" }));
            Assert.That(snapshot.Targets.Keys, Is.SupersetOf(new[] { "v1.payments.default.default", "v2.payments.default.default" }));
        }
    }

    [Test]
    public void A_service_with_flags_has_a_route_even_without_routing_entries()
    {
        var policy = new ServicePolicyEntry { Name = "plain", Flags = [new FlagUse { Flag = "next", Tier = TierChoice.Gateway }] };
        var plain = new ServiceEntry { Name = "plain", Instances = [new ServiceInstance("plain-1", new HostPort("10.0.0.1", 1))] };
        Assert.That(SnapshotCompiler.Compile(Set(plain, policy, Next), []).Services["plain"].Routes, Is.Not.Null);
        Assert.That(SnapshotCompiler.Compile(Set(plain), []).Services["plain"].Routes, Is.Null);
    }

    [Test]
    public void A_changed_flag_is_another_revision()
    {
        var use = new FlagUse { Flag = "next", Subset = "v2" };
        var one = Compile(use, Next).Revision;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Compile(use, Next with { }).Revision, Is.EqualTo(one));
            Assert.That(Compile(use, Next with { Enabled = false }).Revision, Is.Not.EqualTo(one));
            Assert.That(
                Compile(use, Next with { Filters = [new FlagFilter { Kind = FlagFilterKind.Percentage, Percentage = 5 }] }).Revision,
                Is.Not.EqualTo(one));
        }
    }

    private static MeshSnapshot Compile(FlagUse use, FeatureFlagEntry flag) =>
        SnapshotCompiler.Compile(
            Set(
                new ServiceDefaultsEntry { Name = "payments", Protocol = "http" },
                new ServiceResolverEntry
                {
                    Name = "payments",
                    DefaultSubset = "v1",
                    Subsets = ImmutableSortedDictionary<string, SubsetEntry>.Empty
                        .Add("v1", new SubsetEntry("Service.Meta.version == v1", OnlyPassing: false))
                        .Add("v2", new SubsetEntry("Service.Meta.version == v2", OnlyPassing: false)),
                    Failover = ImmutableSortedDictionary<string, FailoverEntry>.Empty.Add(
                        "v2", new FailoverEntry { ServiceSubset = "v1" }),
                },
                new ServicePolicyEntry { Name = "payments", Flags = [use] },
                flag),
            []);

    private static EntrySet Set(params ConfigEntry[] entries)
    {
        var errors = new ConfigErrors();
        var set = EntrySet.From(entries, errors);
        Assert.That(errors.ToSorted().Select(error => error.ToString()), Is.Empty);
        return set!;
    }
}
