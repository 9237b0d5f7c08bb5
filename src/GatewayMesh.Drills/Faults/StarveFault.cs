using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Faults;

/// <summary>Stops guard and worker together, as on a paused machine: no evidence against the worker.</summary>
internal sealed class StarveFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time) : Fault(mesh, trace, time)
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        var status = Status();
        var worker = Worker();
        var guard = status.GuardPid ?? throw new CommandFailure(ExitCode.Failed, "the node has no guard (--no-guard?)");

        // The guard stops first and resumes last: it must never see a worker stopped by this drill.
        Stop(guard, ProcessKind.Guard);
        Stop(worker, ProcessKind.Worker);
        Trace.Note($"stopped guard {guard} and worker {worker} for {DurationText.Format(Length)}");
        Pause(Length, cancellation);
        Resume(worker);
        Resume(guard);
    }
}
