using System.Collections.Immutable;

namespace GatewayMesh.Guard;

/// <summary>Counters of the guard since its start, kept across an upgrade in place. They survive every worker.</summary>
internal sealed class GuardCounts
{
    internal long Leases;
    internal long Restarts;
    internal long Kills;
    internal long Revocations;
    internal long ProbesPassed;
    internal long ProbesFailed;
    internal long TimerLate;
    internal long Accepted;

    private ImmutableSortedDictionary<(string From, string To, string Reason), long> _failovers =
        ImmutableSortedDictionary<(string From, string To, string Reason), long>.Empty;

    /// <summary>Changes of tier, by tiers and reason.</summary>
    internal ImmutableSortedDictionary<(string From, string To, string Reason), long> Failovers => _failovers;

    /// <summary>Counts a change of tier; on the loop's thread only.</summary>
    internal void CountFailover(string from, string to, string reason) =>
        _failovers = _failovers.SetItem((from, to, reason), _failovers.GetValueOrDefault((from, to, reason)) + 1);

    /// <summary>The other counters, by name.</summary>
    internal ImmutableSortedDictionary<string, long> ToDictionary() => ImmutableSortedDictionary<string, long>.Empty
        .Add("leases", Leases)
        .Add("restarts", Restarts)
        .Add("kills", Kills)
        .Add("revocations", Revocations)
        .Add("probesPassed", ProbesPassed)
        .Add("probesFailed", ProbesFailed)
        .Add("timerLate", TimerLate)
        .Add("accepted", Accepted);

    /// <summary>Restores the counters of the previous guard.</summary>
    internal void Restore(IReadOnlyDictionary<string, long> counts)
    {
        Leases += counts.GetValueOrDefault("leases");
        Restarts += counts.GetValueOrDefault("restarts");
        Kills += counts.GetValueOrDefault("kills");
        Revocations += counts.GetValueOrDefault("revocations");
        ProbesPassed += counts.GetValueOrDefault("probesPassed");
        ProbesFailed += counts.GetValueOrDefault("probesFailed");
        TimerLate += counts.GetValueOrDefault("timerLate");
        Accepted += counts.GetValueOrDefault("accepted");
    }
}
