using System.Collections.Frozen;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Events;

namespace GatewayMesh.Nodes;

/// <summary>Logs changes of feature flags.</summary>
/// <param name="events">Receives the events.</param>
internal sealed class FlagEvents(EventLog events)
{
    private FrozenDictionary<string, FeatureFlagEntry>? _flags;

    /// <summary>Logs what differs from the flags before. The first flags of a process are no change.</summary>
    internal void Take(FrozenDictionary<string, FeatureFlagEntry> flags)
    {
        var before = _flags;
        _flags = flags;
        if (before is null)
        {
            return;
        }

        foreach (var flag in flags.Values.OrderBy(flag => flag.Name, StringComparer.Ordinal))
        {
            if (!before.TryGetValue(flag.Name, out var old) || !old.Equals(flag))
            {
                Log(flag.Name, old is null ? "added" : "changed", flag.Enabled);
            }
        }

        foreach (var gone in before.Keys.Where(name => !flags.ContainsKey(name)).Order(StringComparer.Ordinal))
        {
            Log(gone, "removed", enabled: false);
        }
    }

    private void Log(string flag, string change, bool enabled) =>
        events.Info(
            "flag_changed", $"the feature flag {flag} was {change}", ("flag", flag), ("change", change), ("enabled", enabled));
}
