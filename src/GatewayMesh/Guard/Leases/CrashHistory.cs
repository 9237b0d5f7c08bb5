namespace GatewayMesh.Guard.Leases;

/// <summary>When workers crashed and when leases were granted: how long to wait before the next start and the next lease.</summary>
internal sealed class CrashHistory(LeaseSettings settings, Random jitter)
{
    private readonly Queue<TimeSpan> _crashes = [];
    private TimeSpan? _latestCrash;
    private TimeSpan? _loopSince;
    private TimeSpan? _latestLease;

    /// <summary>Crashes that still count.</summary>
    internal int Recent(TimeSpan now)
    {
        while (_crashes.TryPeek(out var oldest) && now - oldest > settings.CrashMemory)
        {
            _crashes.Dequeue();
        }

        return _crashes.Count;
    }

    /// <summary>Notes a crash and says when the next worker may start.</summary>
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

    /// <summary>How long a worker must have been ready before it is granted the lease: nothing when none has crashed lately.</summary>
    internal TimeSpan ReadinessWanted(TimeSpan now)
    {
        var crashes = Recent(now);
        return crashes == 0
            ? TimeSpan.Zero
            : Doubled(settings.FailbackAfter * (1 + (jitter.NextDouble() * 0.1)), crashes - 1, settings.FailbackMax);
    }

    /// <summary>
    /// How long the next worker may take to be ready: doubled with each crash lately. On a machine that has no time for it a start that is cut off
    /// is paid for again, so a fixed limit would never let one through.
    /// </summary>
    internal TimeSpan StartPatience(TimeSpan now) => Doubled(settings.StartTimeout, Recent(now), settings.StartTimeoutMax);

    /// <summary>Notes a lease.</summary>
    internal void Leased(TimeSpan now) => _latestLease = now;

    /// <summary>Whether a crash loop forbids a lease now: after the second crash within ten seconds at most one lease in thirty.</summary>
    internal bool LoopForbidsLease(TimeSpan now) => LoopForbidsLeaseFor(now) is not null;

    /// <summary>Time for which a crash loop still forbids a lease; null when none does.</summary>
    internal TimeSpan? LoopForbidsLeaseFor(TimeSpan now)
    {
        if (_loopSince is { } since && now - since > settings.CrashMemory)
        {
            _loopSince = null;
        }

        return _loopSince is not null && _latestLease is { } lease && now - lease < settings.LoopLeaseSpacing ? settings.LoopLeaseSpacing - (now - lease) : null;
    }

    private static TimeSpan Doubled(TimeSpan first, int times, TimeSpan most)
    {
        var wait = first * Math.Pow(2, Math.Min(times, 30));
        return wait < most ? wait : most;
    }
}
