using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Faults;

/// <summary>Kills the guard: the worker must keep serving, and a new guard must adopt it.</summary>
internal sealed class GuardFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time) : Fault(mesh, trace, time)
{
    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        var before = Status();
        var pid = before.GuardPid ?? throw new CommandFailure(ExitCode.Failed, "the node has no guard (--no-guard?)");
        Kill(pid, ProcessKind.Guard);
        Trace.Note($"killed guard {pid}");
        if (!Await(() => Mesh.Read() is { GuardPid: { } now } && now != pid, ReturnLimit, cancellation))
        {
            Trace.Note(
                $"no guard was restarted within {DurationText.Format(ReturnLimit)}; run the sidecar under systemd or `gatewaymesh demo`");
            return;
        }

        Trace.GuardBackAt = Trace.Now;
        var after = Mesh.Read();
        Trace.Note(after?.WorkerPid == before.WorkerPid
            ? $"guard {after?.GuardPid} adopted worker {before.WorkerPid}"
            : $"guard {after?.GuardPid} replaced worker {before.WorkerPid} with {after?.WorkerPid}");
    }
}
