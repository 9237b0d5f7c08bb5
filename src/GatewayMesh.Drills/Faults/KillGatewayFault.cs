using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Faults;

/// <summary>Kills a gateway; another must take over.</summary>
internal sealed class KillGatewayFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time) : Fault(mesh, trace, time)
{
    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        var gateway = RunningGateway.Of(Mesh) is [var first, ..]
            ? first
            : throw new CommandFailure(ExitCode.Failed, "the node knows no gateway on this host");
        Kill(gateway.Pid, ProcessKind.Gateway);
        Trace.Note($"killed gateway {gateway.Node} ({gateway.Pid})");
    }
}
