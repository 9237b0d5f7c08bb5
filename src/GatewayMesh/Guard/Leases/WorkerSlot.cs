namespace GatewayMesh.Guard.Leases;

/// <summary>State of a worker in the lease machine.</summary>
internal sealed class WorkerSlot(int number, TimeSpan startedAt, LeaseSettings settings)
{
    internal int Number { get; } = number;

    internal TimeSpan StartedAt { get; } = startedAt;

    /// <summary>Time limit to become ready, except for the new worker of an upgrade.</summary>
    internal TimeSpan StartPatience { get; init; } = settings.StartTimeout;

    internal WorkerPhase Phase { get; set; }

    /// <summary>True if the worker reports that it is able to serve. False before its first report.</summary>
    internal bool Fit { get; set; }

    /// <summary>Start of the current ready period.</summary>
    internal TimeSpan ReadySince { get; set; }

    /// <summary>Ready time required before a lease, sampled when the worker became ready.</summary>
    internal TimeSpan ReadinessWanted { get; set; }

    /// <summary>Deadline of a draining worker.</summary>
    internal TimeSpan? DrainDeadline { get; set; }

    /// <summary>True if the worker was told to end, so that its end is no crash.</summary>
    internal bool Dismissed { get; set; }

    /// <summary>True if the worker was told to deregister, so that the shorter deadline applies.</summary>
    internal bool Leaves { get; set; }

    /// <summary>True if the lease was revoked for a new worker rather than for cause.</summary>
    internal bool HandsOver { get; set; }

    /// <summary>True if the worker was ended because it was not ready in time.</summary>
    internal bool Late { get; set; }

    internal HangEvidence Evidence { get; } = new(settings);

    /// <summary>Time of the start spent waiting for a processor, which does not count; at most the maximum limit.</summary>
    internal TimeSpan Excused { get; private set; }

    private TimeSpan SeenAt { get; set; } = startedAt;

    /// <summary>A probe timed out.</summary>
    internal void TimedOut(GuardEvent.ProbeTimedOut probe, TimeSpan now)
    {
        Evidence.TimedOut(now, probe.Progress, probe.WorkWaits, probe.Starved, probe.Accepts, probe.StalledLoop);
        if (probe.Starved && Phase == WorkerPhase.Starting && Excused < settings.StartTimeoutMax)
        {
            Excused += now - SeenAt;
        }

        SeenAt = now;
    }

    /// <summary>
    /// True if the worker can take the lease. A serving worker is given some patience; a candidate is not: its last probe must have
    /// passed.
    /// </summary>
    internal bool IsProved => Phase == WorkerPhase.Ready && !Dismissed && Fit && Evidence.FailingSince is null;

    /// <summary>True if a holder may keep the lease: it reports that it can serve, and its probes have not failed for too long.</summary>
    internal bool MayKeepLease(TimeSpan now) =>
        Fit
        && Evidence.BadAnswers < settings.ProbeFailures
        && (Evidence.FailingSince is not { } since || now - since < settings.OverloadPatience);

    /// <summary>
    /// True if the start took too long: the probe has never passed. In an upgrade also if the probe passed but the worker cannot serve, or
    /// the upgrade would never end.
    /// </summary>
    internal bool IsLate(TimeSpan now, bool isReplacement)
    {
        if (Dismissed || !(Phase == WorkerPhase.Starting || (Phase == WorkerPhase.Ready && isReplacement)))
        {
            return false;
        }

        var patience = !isReplacement
            ? StartPatience
            : Phase == WorkerPhase.Ready
            ? settings.StartTimeout + settings.UpgradeProbation
            : settings.StartTimeout;
        return now - StartedAt > patience + Excused;
    }

    /// <summary>The probe passed, or the lease was returned: the ready period starts.</summary>
    internal void BecomeReady(TimeSpan now, TimeSpan readinessWanted)
    {
        Phase = WorkerPhase.Ready;
        ReadySince = now;
        ReadinessWanted = readinessWanted;
    }

    /// <summary>Records the worker's fitness report. An unfit worker is not ready.</summary>
    internal void ReportFitness(bool fit, TimeSpan now)
    {
        if (fit && !Fit && Phase == WorkerPhase.Ready)
        {
            ReadySince = now;
        }

        Fit = fit;
    }

    /// <summary>True if the lease is with this worker.</summary>
    internal bool HoldsLease => Phase is WorkerPhase.Leased or WorkerPhase.Returning || HeldLeaseWhenKilled;

    /// <summary>True if the worker was killed while it held the lease: until its end is observed, no other process may accept.</summary>
    internal bool HeldLeaseWhenKilled { get; set; }
}
