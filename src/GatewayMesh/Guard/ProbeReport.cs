using GatewayMesh.Events;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Guard.Probing;
using GatewayMesh.Guard.Workers;

namespace GatewayMesh.Guard;

/// <summary>Counts and logs the results of probes, and adds to a timeout the evidence for or against a hung worker.</summary>
internal sealed class ProbeReport(GuardListeners listeners, GuardCounts counts, Action<EventLevel, string, string> report)
{
    /// <summary>Processes the result of a complete probe.</summary>
    /// <param name="worker">The probed worker.</param>
    /// <param name="slot">State of the worker in the lease machine; null if the worker has ended there.</param>
    /// <param name="result">The result; not <see cref="WorkerProbeResult.None"/>.</param>
    /// <param name="now">The time.</param>
    /// <returns>Event for the lease machine.</returns>
    internal GuardEvent Report(WorkerProcess worker, WorkerSlot? slot, WorkerProbeResult result, TimeSpan now)
    {
        if (result != WorkerProbeResult.Passed)
        {
            Interlocked.Increment(ref counts.ProbesFailed);
            return result == WorkerProbeResult.TimedOut ? TimedOut(worker, now) : new GuardEvent.ProbeAnsweredBadly(worker.Number);
        }

        if (slot is { Phase: WorkerPhase.Starting })
        {
            report(
                EventLevel.Info,
                "worker-ready",
                $"worker {worker.Process.Pid} became ready {(now - slot.StartedAt).TotalMilliseconds:0} ms after its start");
        }

        worker.Starvation.Clear();
        worker.AcceptingThread.Clear();
        worker.Loops.Clear();
        Interlocked.Increment(ref counts.ProbesPassed);
        return new GuardEvent.ProbePassed(worker.Number);
    }

    private GuardEvent.ProbeTimedOut TimedOut(WorkerProcess worker, TimeSpan now) => new(
        worker.Number,
        worker.Progress.DataPath(),
        WaitingWork.Of(worker.Progress, listeners.All, probeWaits: true).Any,
        worker.Starvation.Look(now),
        worker.AcceptingThread.Look(),
        worker.Loops.Look());
}
