using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Drills.Faults;

/// <summary>Kills every worker as soon as it appears.</summary>
internal sealed class CrashLoopFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time) : Fault(mesh, trace, time)
{
    /// <summary>Duration of the fault.</summary>
    public static TimeSpan Length { get; } = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        Worker();
        KillWorker();
        During(Length, TimeSpan.FromMilliseconds(25), KillWorker, cancellation);
        Trace.Note($"killed {Trace.Kills} workers in {DurationText.Format(Length)}");
    }
}
