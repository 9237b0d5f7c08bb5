using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.FeatureFlags;

/// <summary>
/// A data plane with compiled entries: the service <c>payments</c> with subsets <c>v1</c> (the default) and <c>v2</c>, its policy, and
/// flags.
/// </summary>
internal sealed class FlagMesh : IAsyncDisposable
{
    private ServicePolicyEntry _policy = new() { Name = "payments" };

    private FlagMesh(Mesh mesh) => Mesh = mesh;

    public Mesh Mesh { get; }

    public Backend V1 { get; } = Backend.Answering("v1");

    public Backend V2 { get; } = Backend.Answering("v2");

    public ImmutableArray<ConfigEntry> Further { get; set; } = [];

    public static async Task<FlagMesh> Start(Func<DataPlaneOptions, DataPlaneOptions>? with = null) => new(await Mesh.Start(with));

    /// <summary>Sets the items of the policy, and the flags.</summary>
    public FlagMesh With(FlagUse use, params FeatureFlagEntry[] flags) => With([use], flags);

    public FlagMesh With(ImmutableArray<FlagUse> uses, params FeatureFlagEntry[] flags) => With(_policy with { Flags = uses }, flags);

    public FlagMesh With(ServicePolicyEntry policy, params FeatureFlagEntry[] flags)
    {
        _policy = policy;
        Mesh.Plane.Apply(SnapshotOf(flags));
        return this;
    }

    public MeshSnapshot SnapshotOf(params FeatureFlagEntry[] flags)
    {
        var errors = new ConfigErrors();
        var set = EntrySet.From(
            [
                .. Service("payments", ("v1", V1.HostPort), ("v2", V2.HostPort)),
                _policy,
                .. flags,
                .. Further,
            ],
            errors);
        Assert.That(errors.ToSorted().Select(error => error.ToString()), Is.Empty);
        return SnapshotCompiler.Compile(set!, []);
    }

    public async ValueTask DisposeAsync()
    {
        await Mesh.DisposeAsync();
        V1.Dispose();
        V2.Dispose();
    }

    /// <summary>Returns a service whose instances are subsets; the first is the default, and the subset <c>none</c> is empty.</summary>
    public static IEnumerable<ConfigEntry> Service(string name, params (string Version, HostPort Address)[] instances) =>
    [
        new ServiceDefaultsEntry { Name = name, Protocol = "http" },
        new ServiceEntry
        {
            Name = name,
            Instances =
            [
                .. instances.Select(instance => new ServiceInstance($"{name}-{instance.Version}", instance.Address)
                {
                    Meta = ImmutableSortedDictionary<string, string>.Empty.Add("version", instance.Version),
                }),
            ],
        },
        new ServiceResolverEntry
        {
            Name = name,
            DefaultSubset = instances[0].Version,
            Subsets = instances.Select(instance => instance.Version).Append("none").ToImmutableSortedDictionary(
                version => version, version => new SubsetEntry($"Service.Meta.version == {version}", OnlyPassing: false)),
        },
    ];
}
