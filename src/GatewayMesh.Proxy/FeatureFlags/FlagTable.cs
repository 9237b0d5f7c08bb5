using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Snapshot;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace GatewayMesh.Proxy.FeatureFlags;

/// <summary>The feature flags of one snapshot, evaluated by Microsoft.FeatureManagement. Safe for concurrent use.</summary>
internal sealed class FlagTable
{
    private readonly FrozenDictionary<string, LiveFlag> _flags;
    private readonly FeatureManager? _manager;

    private FlagTable(FrozenDictionary<string, LiveFlag> flags, FeatureManager? manager) => (_flags, _manager) = (flags, manager);

    /// <summary>A table without flags.</summary>
    public static FlagTable Empty { get; } = new(FrozenDictionary<string, LiveFlag>.Empty, null);

    /// <summary>Returns the flags of <paramref name="snapshot"/>.</summary>
    /// <param name="snapshot">Compiled configuration.</param>
    /// <param name="time">Clock of time windows.</param>
    /// <param name="before">The flags before, which are kept if no flag has changed.</param>
    public static FlagTable Of(MeshSnapshot snapshot, TimeProvider time, FlagTable before)
    {
        var flags = snapshot.FeatureFlags;
        if (flags.Count == 0)
        {
            return Empty;
        }

        if (before._flags.Count == flags.Count && flags.Values.All(flag => before.Find(flag.Name)?.Entry.Equals(flag) == true))
        {
            return before;
        }

        return new FlagTable(
            flags.Values.ToFrozenDictionary(flag => flag.Name, flag => new LiveFlag(flag), StringComparer.OrdinalIgnoreCase),
            new FeatureManager(new FlagDefinitions(flags.Values))
            {
                FeatureFilters =
                [
                    new StickyPercentage(), new TimeWindowFilter { SystemClock = time }, new TargetingFilter(new CurrentSubject()),
                ],
            });
    }

    /// <summary>Returns a flag, or null if the flag is not declared.</summary>
    public LiveFlag? Find(string name) => _flags.GetValueOrDefault(name);

    /// <summary>Decides about a flag for one request.</summary>
    /// <param name="flag">The flag; null if it is not declared.</param>
    /// <param name="subject">User of the request.</param>
    [SuppressMessage("Design", "CA1031", Justification = "A flag that cannot be evaluated is off, and the request continues.")]
    public FlagDecision Decide(LiveFlag? flag, FlagSubject subject)
    {
        if (flag is not { Entry: var entry })
        {
            return new FlagDecision(false, FlagReason.Unknown);
        }

        if (!entry.Enabled || entry.Filters.IsEmpty)
        {
            return new FlagDecision(entry.Enabled, entry.Enabled ? FlagReason.NoFilters : FlagReason.Disabled);
        }

        CurrentSubject.Value = subject;
        try
        {
            // No filter waits for anything.
            var evaluation = _manager!.IsEnabledAsync(entry.Name, CancellationToken.None);
            return evaluation.IsCompletedSuccessfully
                ? new FlagDecision(evaluation.Result, FlagReason.Filters)
                : new FlagDecision(false, FlagReason.Failed);
        }
        catch (Exception)
        {
            return new FlagDecision(false, FlagReason.Failed);
        }
        finally
        {
            CurrentSubject.Value = FlagSubject.Nobody;
        }
    }
}
