using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Faults;

/// <summary>The worker stands still, with its connections open: the guard has to find out and end it.</summary>
internal sealed class HangFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time) : Fault(mesh, trace, time)
{
    private int _pid;

    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        _pid = Worker();
        Stop(_pid, ProcessKind.Worker);
        Trace.Note($"stopped worker {_pid} and left it so");
        if (!Await(() => Mesh.Read() is { } now && now.WorkerPid != _pid, ReturnLimit, cancellation) && !cancellation.IsCancellationRequested)
        {
            Trace.Note($"the guard did not end worker {_pid} within {DurationText.Format(ReturnLimit)}");
        }
    }
}
