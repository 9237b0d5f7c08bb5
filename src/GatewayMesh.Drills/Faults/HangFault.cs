using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Drills.Faults;

/// <summary>Stops the worker with its connections open: the guard must detect the hang and kill the worker.</summary>
internal sealed class HangFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time) : Fault(mesh, trace, time)
{
    private int _pid;

    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        _pid = Worker();
        Stop(_pid, ProcessKind.Worker);
        Trace.Note($"stopped worker {_pid} (SIGSTOP)");
        if (!Await(() => Mesh.Read() is { } now && now.WorkerPid != _pid, ReturnLimit, cancellation)
            && !cancellation.IsCancellationRequested)
        {
            Trace.Note($"the guard did not kill worker {_pid} within {DurationText.Format(ReturnLimit)}");
        }
    }
}
