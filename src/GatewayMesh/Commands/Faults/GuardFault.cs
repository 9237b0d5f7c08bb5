using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Faults;

/// <summary>The guard dies: its worker has to serve on, and a new guard to adopt it.</summary>
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
            Trace.Note($"nobody started a guard again within {DurationText.Format(ReturnLimit)}: that is the work of systemd, or of `gatewaymesh demo`");
            return;
        }

        Trace.GuardBackAt = Trace.Now;
        var after = Mesh.Read();
        Trace.Note(after?.WorkerPid == before.WorkerPid
            ? $"guard {after?.GuardPid} adopted worker {before.WorkerPid}"
            : $"guard {after?.GuardPid} came with worker {after?.WorkerPid} in place of {before.WorkerPid}");
    }
}
