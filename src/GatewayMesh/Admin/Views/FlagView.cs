using System.Collections.Immutable;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Policies.Flags;
using GatewayMesh.Configuration.Policies.Hedging;
using GatewayMesh.Configuration.Policies.Mirror;
using GatewayMesh.Configuration.Policies.Retries;
using GatewayMesh.Configuration.Policies.Timeouts;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.FeatureFlags;
using GatewayMesh.Proxy.Routing.Reports;

namespace GatewayMesh.Admin.Views;

/// <summary>Feature flags, as shown by <c>/explain</c> and <c>/config</c>.</summary>
internal static class FlagView
{
    /// <summary>Returns the evaluated flags of a call; null if its policy has none.</summary>
    internal static ImmutableArray<ExplainedFlag>? Explain(ImmutableArray<FlagReport> flags) => flags.IsEmpty
        ? null
        :
        [
            .. flags.Select(flag => new ExplainedFlag
            {
                Flag = flag.Use.Flag,
                On = flag.IsOn,
                Reason = flag.Reason.Word(),
                User = flag.User,
                Change = string.Join(", ", Changes(flag.Use)),
            }),
        ];

    /// <summary>Returns the flags of a snapshot by name.</summary>
    internal static ImmutableSortedDictionary<string, ConfiguredFlag> Config(MeshSnapshot snapshot) =>
        snapshot.FeatureFlags.Values.ToImmutableSortedDictionary(
            flag => flag.Name, flag => new ConfiguredFlag { Definition = flag.Text }, StringComparer.Ordinal);

    private static IEnumerable<string> Changes(FlagUse use)
    {
        if (use.Subset is { } subset)
        {
            yield return $"subset {subset}";
        }

        if (use.Tier is { } tier)
        {
            yield return $"tier {tier.ToString().ToLowerInvariant()}";
        }

        foreach (
            var (name, isSet) in new[]
            {
                ("timeouts", use.Timeouts != new TimeoutsEntry()),
                ("retries", use.Retries != new RetriesEntry()),
                ("hedging", use.Hedging != new HedgingEntry()),
                ("mirror", use.Mirror with { SubsetAt = default } != new MirrorEntry()),
                ("faults", use.Faults is not null),
                ("sidecarBypass", use.SidecarBypass is not null),
            })
        {
            if (isSet)
            {
                yield return name;
            }
        }
    }
}
