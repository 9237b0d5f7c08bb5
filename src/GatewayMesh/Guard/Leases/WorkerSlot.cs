namespace GatewayMesh.Guard.Leases;

/// <summary>What the machine knows of one worker.</summary>
internal sealed class WorkerSlot(int number, TimeSpan startedAt, LeaseSettings settings)
{
    internal int Number { get; } = number;

    internal TimeSpan StartedAt { get; } = startedAt;

    /// <summary>How long it may take to be ready, when it is not the new one of an upgrade.</summary>
    internal TimeSpan StartPatience { get; init; } = settings.StartTimeout;

    internal WorkerPhase Phase { get; set; }

    /// <summary>Whether it says that it is able to serve; not before it has said so.</summary>
    internal bool Fit { get; set; }

    /// <summary>Since when it has been ready without a break.</summary>
    internal TimeSpan ReadySince { get; set; }

    /// <summary>Readiness that it needs before a lease, drawn when it got ready.</summary>
    internal TimeSpan ReadinessWanted { get; set; }

    /// <summary>By when it must have ended, once it drains.</summary>
    internal TimeSpan? DrainDeadline { get; set; }

    /// <summary>Whether it was told to end, so that its end is no crash.</summary>
    internal bool Dismissed { get; set; }

    /// <summary>Whether it was told to leave the registry too, so that its deadline is the shorter one.</summary>
    internal bool Leaves { get; set; }

    /// <summary>Whether the lease was asked back for the sake of a new worker rather than for cause.</summary>
    internal bool HandsOver { get; set; }

    /// <summary>True if it was ended because it was not ready in time.</summary>
    internal bool Late { get; set; }

    internal HangEvidence Evidence { get; } = new(settings);

    /// <summary>Time of its start in which it waited for a processor, which does not count; at most the longest patience.</summary>
    internal TimeSpan Excused { get; private set; }

    private TimeSpan SeenAt { get; set; } = startedAt;

    /// <summary>A probe was not answered in time.</summary>
    internal void TimedOut(GuardEvent.ProbeTimedOut probe, TimeSpan now)
    {
        Evidence.TimedOut(now, probe.Progress, probe.WorkWaits, probe.Starved, probe.Accepts);
        if (probe.Starved && Phase == WorkerPhase.Starting && Excused < settings.StartTimeoutMax)
        {
            Excused += now - SeenAt;
        }

        SeenAt = now;
    }

    /// <summary>True if it can take the lease. A worker that serves is given some patience; one that is to serve is not: its last probe has passed.</summary>
    internal bool IsProved => Phase == WorkerPhase.Ready && !Dismissed && Fit && Evidence.FailingSince is null;

    /// <summary>
    /// True if its start took too long: its probe has never passed; in an upgrade also if it passed and yet the worker cannot serve, or the upgrade would never
    /// end.
    /// </summary>
    internal bool IsLate(TimeSpan now, bool isReplacement)
    {
        if (Dismissed || !(Phase == WorkerPhase.Starting || (Phase == WorkerPhase.Ready && isReplacement)))
        {
            return false;
        }

        var patience = !isReplacement ? StartPatience : Phase == WorkerPhase.Ready ? settings.StartTimeout + settings.UpgradeProbation : settings.StartTimeout;
        return now - StartedAt > patience + Excused;
    }

    /// <summary>Its probe passed, or the lease came back: from now on its readiness counts.</summary>
    internal void BecomeReady(TimeSpan now, TimeSpan readinessWanted)
    {
        Phase = WorkerPhase.Ready;
        ReadySince = now;
        ReadinessWanted = readinessWanted;
    }

    /// <summary>It says whether it is able to serve. One that was not has not been ready.</summary>
    internal void Says(bool fit, TimeSpan now)
    {
        if (fit && !Fit && Phase == WorkerPhase.Ready)
        {
            ReadySince = now;
        }

        Fit = fit;
    }

    /// <summary>Whether the lease is out with this worker.</summary>
    internal bool HoldsLease => Phase is WorkerPhase.Leased or WorkerPhase.Returning || HeldLeaseWhenKilled;

    /// <summary>Killed while it held the lease: until its end is seen nobody else may accept.</summary>
    internal bool HeldLeaseWhenKilled { get; set; }
}
