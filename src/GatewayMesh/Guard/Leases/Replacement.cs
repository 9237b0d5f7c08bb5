namespace GatewayMesh.Guard.Leases;

/// <summary>
/// The new worker of an upgrade, from its start until it serves or has failed, and the outcome of the upgrade. The old worker keeps the
/// lease until the new one has been able to serve for a while, so a crash of the new worker before that costs nothing.
/// </summary>
/// <param name="settings">Times and limits.</param>
internal sealed class Replacement(LeaseSettings settings)
{
    private WorkerSlot? _worker;

    /// <summary>True while an upgrade is running.</summary>
    internal bool IsRunning => _worker is not null;

    /// <summary>True if the new worker can take the lease right now.</summary>
    internal bool IsProved => _worker is { IsProved: true };

    /// <summary>True for the new worker of the running upgrade.</summary>
    internal bool Is(WorkerSlot worker) => worker == _worker;

    /// <summary>True once the new worker has been able to serve for long enough to take the lease from the old one.</summary>
    internal bool MayTakeOver(TimeSpan now) => _worker is { IsProved: true } worker && now - worker.ReadySince >= settings.UpgradeProbation;

    /// <summary>Outcome of an upgrade that cannot begin; null if it can.</summary>
    /// <param name="leaves">True if the node is drained or is stopping.</param>
    /// <param name="drains">True if a worker is still draining.</param>
    internal GuardAction.UpgradeEnded? Refusal(bool leaves, bool drains) =>
        IsRunning ? new(false, "an upgrade is already running")
            : leaves ? new(false, "the node is drained")
            : drains ? new(false, "an old worker is still draining")
            : null;

    /// <summary>Begins an upgrade with the worker that was started for it.</summary>
    internal void Begin(WorkerSlot worker) => _worker = worker;

    /// <summary>Ends the upgrade: the new worker has the lease.</summary>
    internal GuardAction.UpgradeEnded Serves() => End(well: true, "the new worker serves");

    /// <summary>Ends the upgrade: the node is draining.</summary>
    internal GuardAction.UpgradeEnded NodeDrains() => End(well: false, "the node is draining");

    /// <summary>Ends the upgrade: the new worker has ended.</summary>
    /// <param name="how">Description of the end; null if unknown.</param>
    internal GuardAction.UpgradeEnded Ended(string? how) => End(well: false, _worker is { Late: true } late
        ? $"the new worker was not ready in {(settings.StartTimeout + late.Excused).TotalSeconds:0} s and was ended; the old one keeps "
            + $"serving"
        : $"the new worker ended before serving{(how is null ? "" : $" ({how})")}; the old one keeps serving");

    private GuardAction.UpgradeEnded End(bool well, string reason)
    {
        _worker = null;
        return new GuardAction.UpgradeEnded(well, reason);
    }
}
