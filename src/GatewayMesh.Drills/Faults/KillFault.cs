namespace GatewayMesh.Drills.Faults;

/// <summary>Kills the worker.</summary>
internal sealed class KillFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time) : Fault(mesh, trace, time)
{
    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        var pid = Worker();
        Kill(pid, ProcessKind.Worker);
        Trace.Note($"killed worker {pid}");
    }
}
