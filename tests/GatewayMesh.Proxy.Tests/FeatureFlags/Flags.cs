using System.Collections.Frozen;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.FeatureFlags;

namespace GatewayMesh.Proxy.Tests.FeatureFlags;

/// <summary>Feature flags of tests.</summary>
internal static class Flags
{
    public static FeatureFlagEntry On(string name, params FlagFilter[] filters) =>
        new() { Name = name, Enabled = true, Filters = [.. filters] };

    public static FeatureFlagEntry Share(string name, double percentage) =>
        On(name, new FlagFilter { Kind = FlagFilterKind.Percentage, Percentage = percentage });

    public static FeatureFlagEntry For(string name, params string[] users) =>
        On(name, new FlagFilter { Kind = FlagFilterKind.Targeting, Audience = new FlagAudience { Users = [.. users] } });

    public static MeshSnapshot Snapshot(params FeatureFlagEntry[] flags) => new()
    {
        Revision = "flags",
        FeatureFlags = flags.ToFrozenDictionary(flag => flag.Name, StringComparer.OrdinalIgnoreCase),
    };

    public static FlagTable Table(TimeProvider time, params FeatureFlagEntry[] flags) =>
        FlagTable.Of(Snapshot(flags), time, FlagTable.Empty);
}
