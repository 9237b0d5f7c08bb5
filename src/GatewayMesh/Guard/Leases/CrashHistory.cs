namespace GatewayMesh.Guard.Leases;

/// <summary>History of crashes and leases, which decides the delay of the next start and the next lease.</summary>
internal sealed class CrashHistory(LeaseSettings settings, Random jitter)
{
    private readonly Queue<TimeSpan> _crashes = [];
    private TimeSpan? _latestCrash;
    private TimeSpan? _loopSince;
    private TimeSpan? _latestLease;

    /// <summary>Number of crashes that still count.</summary>
    internal int Recent(TimeSpan now)
    {
        while (_crashes.TryPeek(out var oldest) && now - oldest > settings.CrashMemory)
        {
            _crashes.Dequeue();
        }

        return _crashes.Count;
    }

    /// <summary>Records a crash and returns the time of the next start.</summary>
    internal TimeSpan Crashed(TimeSpan now)
    {
        if (_latestCrash is { } before && now - before <= settings.LoopWindow)
        {
            _loopSince = now;
        }

        _latestCrash = now;
        _crashes.Enqueue(now);
        var backoff = Doubled(settings.RestartBackoff, Recent(now) - 1, settings.RestartBackoffMax);
        return now + (backoff * (0.75 + (jitter.NextDouble() * 0.25)));
    }

    /// <summary>Time that a worker must have been ready before it is granted the lease; zero without recent crashes.</summary>
    internal TimeSpan ReadinessWanted(TimeSpan now)
    {
        var crashes = Recent(now);
        return crashes == 0
            ? TimeSpan.Zero
            : Doubled(settings.FailbackAfter * (1 + (jitter.NextDouble() * 0.1)), crashes - 1, settings.FailbackMax);
    }

    /// <summary>
    /// Time limit for the next worker to become ready: doubled with each recent crash. On a starved machine, an aborted start must be
    /// repeated
    /// in full, so a fixed limit would never let a worker through.
    /// </summary>
    internal TimeSpan StartPatience(TimeSpan now) => Doubled(settings.StartTimeout, Recent(now), settings.StartTimeoutMax);

    /// <summary>Records a lease.</summary>
    internal void Leased(TimeSpan now) => _latestLease = now;

    /// <summary>True if a crash loop forbids a lease now: after the second crash within ten seconds, at most one lease in thirty.</summary>
    internal bool LoopForbidsLease(TimeSpan now) => LoopForbidsLeaseFor(now) is not null;

    /// <summary>Time for which a crash loop still forbids a lease; null when it does not.</summary>
    internal TimeSpan? LoopForbidsLeaseFor(TimeSpan now)
    {
        if (_loopSince is { } since && now - since > settings.CrashMemory)
        {
            _loopSince = null;
        }

        return _loopSince is not null && _latestLease is { } lease && now - lease < settings.LoopLeaseSpacing
            ? settings.LoopLeaseSpacing - (now - lease)
            : null;
    }

    private static TimeSpan Doubled(TimeSpan first, int times, TimeSpan most)
    {
        var wait = first * Math.Pow(2, Math.Min(times, 30));
        return wait < most ? wait : most;
    }
}
