using GatewayMesh.Configuration.Entries.Flags;

namespace GatewayMesh.Proxy.FeatureFlags;

/// <summary>A feature flag, ready for requests.</summary>
/// <param name="Entry">The flag as declared.</param>
internal sealed record LiveFlag(FeatureFlagEntry Entry)
{
    /// <summary>True if the decision depends on the user or the groups of a request.</summary>
    public bool NeedsSubject { get; } =
        Entry.Enabled && Entry.Filters.Any(filter => filter.Kind is FlagFilterKind.Percentage or FlagFilterKind.Targeting);
}
