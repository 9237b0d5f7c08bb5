using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Drills.Faults;

/// <summary>Gives the worker half of its time: slow, but not hung.</summary>
internal sealed class SlowFault(IMeshAccess mesh, FaultTrace trace, TimeProvider time) : Fault(mesh, trace, time)
{
    /// <summary>Duration of the fault.</summary>
    public static TimeSpan Length { get; } = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Half = TimeSpan.FromMilliseconds(50);

    /// <inheritdoc/>
    public override void Inflict(CancellationToken cancellation)
    {
        var pid = Worker();
        Trace.Note($"worker {pid} runs 50 ms and stops 50 ms, for {DurationText.Format(Length)}");
        During(
            Length,
            Half,
            () =>
            {
                Stop(pid, ProcessKind.Worker);
                Pause(Half, cancellation);
                Resume(pid);
            },
            cancellation);
    }
}
