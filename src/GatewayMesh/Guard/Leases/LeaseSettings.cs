using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Guard.Leases;

/// <summary>The time constants of the lease machine.</summary>
internal sealed record LeaseSettings
{
    /// <summary>Consecutive failed probes that make a worker suspect.</summary>
    public int ProbeFailures { get; init; } = 3;

    /// <summary>Factor on the number of failed probes while the worker's threads wait for a processor.</summary>
    public int StarvedFactor { get; init; } = 10;

    /// <summary>
    /// Factor on the number of failed probes while the worker's accepting thread turns: two seconds, in which a thread pool grows by
    /// itself.
    /// </summary>
    public int PoolFactor { get; init; } = 3;

    /// <summary>Delay before a dead worker is restarted; doubled with each crash within <see cref="CrashMemory"/>.</summary>
    public TimeSpan RestartBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Maximum of that delay.</summary>
    public TimeSpan RestartBackoffMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Time that a worker must have been ready after a crash; doubled with each further crash within <see cref="CrashMemory"/>.
    /// </summary>
    public TimeSpan FailbackAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Maximum of that time.</summary>
    public TimeSpan FailbackMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time for which a crash counts.</summary>
    public TimeSpan CrashMemory { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Two crashes within this time are a crash loop.</summary>
    public TimeSpan LoopWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Minimum time between two leases in a crash loop.</summary>
    public TimeSpan LoopLeaseSpacing { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time to hold connections for the first worker when no gateway is known.</summary>
    public TimeSpan HoldAtStart { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Time limit for a new worker to become ready; outside an upgrade doubled with each crash within <see cref="CrashMemory"/>.
    /// </summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Maximum of that limit.</summary>
    public TimeSpan StartTimeoutMax { get; init; } = TimeSpan.FromSeconds(80);

    /// <summary>Time that the new worker of an upgrade must have been ready before it takes the lease from a serving worker.</summary>
    public TimeSpan UpgradeProbation { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time that a worker with timed-out probes but moving counters keeps the lease: overloaded rather than hung.</summary>
    public TimeSpan OverloadPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Time limit for the old worker of an upgrade to end its streams.</summary>
    public TimeSpan UpgradeDrainTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Total time limit of a draining worker.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>Creates the settings from a bootstrap.</summary>
    public static LeaseSettings From(BootstrapSpec bootstrap)
    {
        var guard = bootstrap.Sidecar!.Guard;
        return new LeaseSettings
        {
            ProbeFailures = guard.ProbeFailures,
            RestartBackoff = guard.RestartBackoff,
            RestartBackoffMax = guard.RestartBackoffMax,
            FailbackAfter = guard.FailbackAfter,
            UpgradeDrainTimeout = bootstrap.UpgradeDrainTimeout,
            DrainTimeout = bootstrap.DrainDelay + bootstrap.DrainTimeout,
        };
    }
}
