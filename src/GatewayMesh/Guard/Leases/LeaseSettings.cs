using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Guard.Leases;

/// <summary>The times that the lease machine goes by.</summary>
internal sealed record LeaseSettings
{
    /// <summary>Failed probes in a row that make a worker suspect.</summary>
    public int ProbeFailures { get; init; } = 3;

    /// <summary>How many times as many it takes while the worker's threads wait for a processor.</summary>
    public int StarvedFactor { get; init; } = 10;

    /// <summary>How many times as many it takes while the worker's accepting thread turns: two seconds, in which a pool of threads grows by itself.</summary>
    public int PoolFactor { get; init; } = 3;

    /// <summary>First wait before a dead worker is started again; doubled with each crash within <see cref="CrashMemory"/>.</summary>
    public TimeSpan RestartBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The longest such wait.</summary>
    public TimeSpan RestartBackoffMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a worker must have been ready after a crash; doubled with each further crash within <see cref="CrashMemory"/>.</summary>
    public TimeSpan FailbackAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest such wait.</summary>
    public TimeSpan FailbackMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a crash counts.</summary>
    public TimeSpan CrashMemory { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Two crashes within this time are a crash loop.</summary>
    public TimeSpan LoopWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>In a crash loop, the least time between two leases.</summary>
    public TimeSpan LoopLeaseSpacing { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long connections are held for the first worker when no gateway is known.</summary>
    public TimeSpan HoldAtStart { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a new worker may take to be ready; outside an upgrade doubled with each crash within <see cref="CrashMemory"/>.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest such time.</summary>
    public TimeSpan StartTimeoutMax { get; init; } = TimeSpan.FromSeconds(80);

    /// <summary>How long the new worker of an upgrade must have been ready before it takes the lease from an old one that serves.</summary>
    public TimeSpan UpgradeProbation { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a worker whose probe is not answered in time, but which moves, keeps the lease: overloaded rather than hung.</summary>
    public TimeSpan OverloadPatience { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the old worker of an upgrade may take to end its streams.</summary>
    public TimeSpan UpgradeDrainTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a worker that drains may take in all.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>The settings of a bootstrap.</summary>
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
