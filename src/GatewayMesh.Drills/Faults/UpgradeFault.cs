using GatewayMesh.Admin.Documents;

namespace GatewayMesh.Drills.Faults;

/// <summary>Upgrades guard and worker in place.</summary>
internal sealed class UpgradeFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time) : Fault(mesh, trace, time)
{
    // The guard normally gives up on a new worker and reports why; this covers a guard that does not.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        var before = Status();
        Trace.Begin();
        Trace.Failure = Mesh.Post("/upgrade", "{}");
        if (Trace.Failure is not null)
        {
            return;
        }

        var done = Await(() => Mesh.Read() is { } now && UpgradeProgress.HasEnded(before, now), Limit, cancellation);
        if (!done && cancellation.IsCancellationRequested)
        {
            return;
        }

        Trace.Note(
            done
                ? $"worker {Mesh.Read()?.WorkerPid} took over from {before.WorkerPid}, guard still {Mesh.Read()?.GuardPid}"
                : "no new worker took over");
        if (!done)
        {
            Trace.Failure = "no new worker took over";
        }
        else if (Mesh.Read()?.Upgrade is { Well: false } failed)
        {
            Trace.Failure = failed.Reason ?? "";
        }
    }
}
