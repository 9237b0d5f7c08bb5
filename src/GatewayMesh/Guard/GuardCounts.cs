using System.Collections.Immutable;

namespace GatewayMesh.Guard;

/// <summary>What the guard counted since it (or the guard that executed it) was started. Survives every worker.</summary>
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

    /// <summary>All of them by name.</summary>
    internal ImmutableSortedDictionary<string, long> ToDictionary() => ImmutableSortedDictionary<string, long>.Empty
        .Add("leases", Leases)
        .Add("restarts", Restarts)
        .Add("kills", Kills)
        .Add("revocations", Revocations)
        .Add("probesPassed", ProbesPassed)
        .Add("probesFailed", ProbesFailed)
        .Add("timerLate", TimerLate)
        .Add("accepted", Accepted);

    /// <summary>Goes on from the counters of an earlier guard.</summary>
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
