using GatewayMesh.Events;
using GatewayMesh.Guard.Control;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Guard.Probing;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Workers;

/// <summary>
/// The running workers. Executes the lease machine's actions on them, and reports their messages and ends to it. On the loop's thread
/// only.
/// </summary>
internal sealed class WorkerSet(
    WorkerPlan plan,
    GuardListeners listeners,
    ProbeUpstream upstream,
    GuardCounts counts,
    Action<EventLevel, string, string> report,
    Action<GuardEvent> happened) : IDisposable
{
    private const int Kill = 9;

    private readonly List<WorkerProcess> _all = [];
    private WorkerPlan _plan = plan;

    /// <summary>All workers.</summary>
    internal IReadOnlyList<WorkerProcess> All => _all;

    /// <summary>Returns the worker of this number, or null.</summary>
    internal WorkerProcess? Find(int number) => _all.Find(worker => worker.Number == number);

    /// <summary>Continues with a worker of the previous program, or adopts one left by an earlier guard.</summary>
    internal void TakeOver(Handover? handover)
    {
        var leased = handover?.Worker is not null;
        var worker = handover?.Worker is { } left
            ? WorkerProcess.Resume(left, _plan, upstream)
            : WorkerProcess.Adopt(_plan, listeners, upstream, out leased);
        if (worker is not null)
        {
            _all.Add(worker);
            report(
                EventLevel.Info,
                "worker-adopted",
                $"worker {worker.Process.Pid} was found running{(leased ? " and serving" : "")} and adopted");
            happened(new GuardEvent.WorkerAdopted(worker.Number, leased));
        }

        foreach (var old in handover?.Draining ?? [])
        {
            if (WorkerProcess.Resume(old, _plan, upstream) is { } draining)
            {
                draining.IsDraining = true;
                _all.Add(draining);
                happened(new GuardEvent.WorkerAdopted(draining.Number, Leased: false, Drains: true));
            }
        }
    }

    /// <summary>Sends a new configuration to all workers.</summary>
    internal void Reload(WorkerPlan next, IReadOnlyList<OwnedListener> opened, IReadOnlyList<string> closed)
    {
        _plan = next;
        _all.ForEach(worker => worker.Reload(next, opened, closed));
    }

    /// <summary>Executes an action on one worker.</summary>
    internal void Do(GuardAction action)
    {
        switch (action)
        {
            case GuardAction.StartWorker start:
                Start(start.Worker);
                break;
            case GuardAction.Grant grant when Find(grant.Worker) is { } worker:
                Interlocked.Increment(ref counts.Leases);
                worker.IsAskedBack = false;
                worker.StandAt(_plan.SocketOf(worker.Number), _plan.WorkerSocket);
                worker.Channel.Send(new ControlMessage(ControlKind.Lease) { Accept = true });
                report(EventLevel.Info, "lease-granted", $"worker {worker.Process.Pid} accepts");
                break;
            case GuardAction.Revoke revoke when Find(revoke.Worker) is { } worker:
                Interlocked.Increment(ref counts.Revocations);
                worker.Channel.Send(new ControlMessage(ControlKind.Lease));
                worker.IsAskedBack = true;
                report(
                    worker.Unfit is null ? EventLevel.Info : EventLevel.Warning,
                    "lease-asked-back",
                    $"worker {worker.Process.Pid} must stop accepting{(worker.Unfit is { } why ? $": {why}" : "")}");
                break;
            case GuardAction.Kill kill when Find(kill.Worker) is { } worker:
                Interlocked.Increment(ref counts.Kills);
                report(
                    EventLevel.Error,
                    "worker-killed",
                    $"worker {worker.Process.Pid} is hung: probes time out, "
                        + $"{(worker.Loops.Stalled is { } loop ? $"its thread mesh-loop-{loop} does not turn" : "its counters do not move")}, and "
                        + $"{WaitingWork.Of(worker.Progress, listeners.All, probeWaits: true)}");
                worker.Process.Signal(Kill);
                break;
            case GuardAction.Drain drain when Find(drain.Worker) is { } worker:
                var timeout = drain.Leave ? _plan.Bootstrap.DrainTimeout : _plan.Bootstrap.UpgradeDrainTimeout;
                worker.IsDraining = true;
                worker.Channel.Send(
                    new ControlMessage(ControlKind.Drain) { Leave = drain.Leave, TimeoutMilliseconds = (long)timeout.TotalMilliseconds });
                report(EventLevel.Info, "worker-drains", $"worker {worker.Process.Pid} finishes its requests, then exits");
                break;
            case GuardAction.Retire retire when Find(retire.Worker) is { } worker:
                report(EventLevel.Warning, "worker-retired", $"worker {worker.Process.Pid} is ended: {retire.Reason}");
                worker.Process.Signal(Kill);
                break;
        }
    }

    /// <summary>Processes a message of a worker.</summary>
    internal void Hear(WorkerProcess worker)
    {
        while (worker.Speaks)
        {
            worker.Speaks = worker.Channel.TryReceive(out var message, out var descriptors);
            descriptors.ForEach(descriptor => descriptor.Dispose());
            if (message is null)
            {
                if (!worker.Speaks && !worker.Process.Ended && !worker.IsDraining)
                {
                    report(
                        EventLevel.Warning,
                        "worker-silent",
                        $"worker {worker.Process.Pid} closed its control channel or sent an invalid message");
                }

                return;
            }

            switch (message.Kind)
            {
                case ControlKind.Fitness:
                    worker.Record = message.Record ?? worker.Record;
                    worker.Unfit = message.Well ? null : message.Reason ?? "no reason given";
                    happened(new GuardEvent.WorkerFitness(worker.Number, message.Well));
                    break;
                case ControlKind.LeaseReturned:
                    report(
                        worker.IsDraining || worker.IsAskedBack ? EventLevel.Info : EventLevel.Warning,
                        "lease-returned",
                        $"worker {worker.Process.Pid} stopped accepting: {message.Reason}");
                    happened(new GuardEvent.LeaseReturned(worker.Number));
                    break;
                case ControlKind.Reloaded when !message.Well:
                    report(EventLevel.Error, "reload-refused", $"worker {worker.Process.Pid} refused the reload: {message.Reason}");
                    break;
            }
        }
    }

    /// <summary>Handles the end of a worker process.</summary>
    /// <returns>The exit code or signal, as text.</returns>
    internal string NoteEnd(WorkerProcess worker)
    {
        var code = worker.Process.Reap() ?? 0;
        var how = code < 0 ? ProcessSignal.Describe(-code) : $"exit code {code}";
        report(worker.IsDraining ? EventLevel.Info : EventLevel.Error, "worker-ended", $"worker {worker.Process.Pid} ended: {how}");
        _all.Remove(worker);
        worker.Dispose();
        File.Delete(_plan.SocketOf(worker.Number));
        File.Delete(WorkerPlan.AdminPathOf(_plan.Bootstrap.DataDir, worker.Process.Pid));
        happened(new GuardEvent.WorkerEnded(worker.Number, how));
        return how;
    }

    public void Dispose() => _all.ForEach(worker => worker.Dispose());

    private void Start(int number)
    {
        Interlocked.Increment(ref counts.Restarts);
        try
        {
            var worker = WorkerProcess.Start(number, _plan, listeners, upstream);
            _all.Add(worker);
            report(EventLevel.Info, "worker-started", $"worker {worker.Process.Pid} was started");
            happened(new GuardEvent.WorkerStarted(number));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            report(EventLevel.Error, "worker-not-started", failure.Message);
            happened(new GuardEvent.WorkerEnded(number, failure.Message));
        }
    }
}
