using System.Collections.Concurrent;
using GatewayMesh.Events;
using GatewayMesh.Guard.Carrying;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Guard.Probing;
using GatewayMesh.Guard.Workers;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard;

/// <summary>
/// The guard's main thread: waits for workers, probes and connections, feeds the <see cref="LeaseMachine"/> and executes its actions.
/// Everything else (carrying, exercising, admin) runs on other threads and reaches the loop through <c>Post</c>.
/// </summary>
internal sealed class GuardLoop : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LateBy = TimeSpan.FromMilliseconds(100);

    private readonly LeaseMachine _machine;
    private readonly GuardListeners _listeners;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly Action<EventLevel, string, string> _report;
    private readonly ProbeUpstream _upstream = new();
    private readonly PollSet _poll = new();
    private readonly UpgradeOutcome _outcome;
    private readonly HeldBackReport _heldBack;
    private readonly Wake _wake = new();
    private readonly HeldSignals _signals = HeldSignals.Open();
    private readonly ConcurrentQueue<Action> _posted = [];
    private readonly Queue<GuardEvent> _events = [];
    private readonly WorkerSet _workers;
    private readonly WaitingConnections _waiting;
    private readonly ProbeReport _probes;
    private TimeSpan _turnedAt;
    private TaskCompletionSource<GuardAction.UpgradeEnded>? _upgrading;
    private bool _done;

    internal GuardLoop(
        WorkerPlan plan,
        GuardListeners listeners,
        Carrier carrier,
        TimeProvider time,
        Random jitter,
        Action<EventLevel, string, string> report)
    {
        _listeners = listeners;
        _time = time;
        _outcome = new UpgradeOutcome(time);
        _heldBack = new HeldBackReport(report);
        _start = time.GetTimestamp();
        _report = report;
        _machine = new LeaseMachine(LeaseSettings.From(plan.Bootstrap), jitter);
        _waiting = new WaitingConnections(listeners, carrier, Counts);
        _probes = new ProbeReport(listeners, Counts, report);
        _workers = new WorkerSet(plan, listeners, _upstream, Counts, report, _events.Enqueue);
    }

    /// <summary>The counters.</summary>
    internal GuardCounts Counts { get; } = new();

    /// <summary>Raised after each turn with a change, on the loop's thread.</summary>
    internal Action<GuardView>? Changed { get; set; }

    /// <summary>Raised for each signal, on the loop's thread.</summary>
    internal Action<int>? Signaled { get; set; }

    /// <summary>Outcome of the last upgrade, or null.</summary>
    internal GuardAction.UpgradeEnded? LastUpgrade { get => _outcome.Last; set => _outcome.Last = value; }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Runs an action on the loop's thread.</summary>
    internal void Post(Action action)
    {
        _posted.Enqueue(action);
        _wake.Signal();
    }

    /// <summary>Posts an event to the loop.</summary>
    internal void Post(GuardEvent happened) => Post(() => _events.Enqueue(happened));

    /// <summary>Replaces the worker with one of the executable on disk, and returns the outcome.</summary>
    internal Task<GuardAction.UpgradeEnded> UpgradeWorkerAsync()
    {
        var ended = new TaskCompletionSource<GuardAction.UpgradeEnded>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            _upgrading = ended;
            _events.Enqueue(new GuardEvent.UpgradeRequested());
        });
        return ended.Task;
    }

    /// <summary>Runs an action on the loop's thread and returns its result.</summary>
    internal Task<bool> DoAsync(Func<bool> action)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => done.SetResult(action()));
        return done.Task;
    }

    /// <summary>
    /// Before <see cref="Run"/>: continues with the worker of the previous program, or adopts a worker of an earlier guard.
    /// </summary>
    internal void TakeOver(Handover? handover)
    {
        _workers.TakeOver(handover);
        Handle();
    }

    /// <summary>Executes another program in place of this one and hands over all state; only on the loop's thread.</summary>
    /// <param name="executable">Path of the program.</param>
    /// <param name="takesHeldSignals">False for a program that would not receive signals blocked at its start.</param>
    /// <returns>
    /// False when the loop has pending work first; true when this guard stays, with the reason in <see cref="LastUpgrade"/>.
    /// </returns>
    /// <exception cref="LinuxException">The program cannot be executed; nothing has changed.</exception>
    internal bool ExecuteInPlace(string executable, bool takesHeldSignals)
    {
        // The next program would not know of this work.
        if (_events.Count > 0 || !_posted.IsEmpty || (!takesHeldSignals && HeldSignals.IsPending))
        {
            return false;
        }

        if (_machine.Drained || _machine.Stopping)
        {
            return Stay("the node is draining");
        }

        var holder = _machine.Holder is { } slot ? _workers.Find(slot.Number) : null;
        var rest = _workers.All.Where(worker => worker != holder).ToList();
        if (holder is null || rest.Exists(worker => !worker.IsDraining))
        {
            return Stay("another worker is starting; run the upgrade again");
        }

        Handover.Execute(executable, _listeners, holder, rest, Counts, takesHeldSignals);
        return true;
    }

    private bool Stay(string since)
    {
        LastUpgrade = new GuardAction.UpgradeEnded(true, $"the worker was upgraded; this guard was not replaced: {since}");
        _report(EventLevel.Warning, "upgrade", LastUpgrade.Reason);
        return true;
    }

    /// <summary>Runs until the machine has finished.</summary>
    internal void Run()
    {
        _listeners.Apply(_machine.Acceptor);
        _events.Enqueue(new GuardEvent.Tick());
        Handle();
        _turnedAt = Now;
        while (!_done)
        {
            Wait();
            TakeSignals();
            TakePosted();
            foreach (var worker in _workers.All.ToArray())
            {
                Watch(worker);
            }

            _upstream.Advance(_poll);
            _waiting.Advance(_poll, Now);
            _events.Enqueue(new GuardEvent.Tick());
            Handle();
        }
    }

    /// <summary>Takes a view of the guard; only on the loop's thread.</summary>
    internal GuardView View() => new(
        _machine.Acceptor,
        _machine.Drained,
        _machine.Upgrading,
        [
            .. _workers.All.Select(worker => new WorkerView(
                worker.Number,
                worker.Process.Pid,
                _machine.Workers.FirstOrDefault(slot => slot.Number == worker.Number)?.Phase ?? WorkerPhase.Killed,
                worker.Unfit,
                worker.Record)),
        ]);

    /// <summary>Applies a new configuration whose listeners are open already; only on the loop's thread.</summary>
    internal void Reload(WorkerPlan plan, IReadOnlyList<OwnedListener> opened, IReadOnlyList<string> closed)
    {
        _waiting.Clear();
        foreach (var listener in opened)
        {
            _listeners.Put(listener.Spec, listener.Socket);
        }

        _workers.Reload(plan, opened, closed);

        foreach (var name in closed.Where(name => !opened.Any(listener => listener.Spec.Name == name)))
        {
            _listeners.Remove(name);
        }

        _listeners.Apply(_machine.Acceptor);
    }

    public void Dispose()
    {
        _workers.Dispose();
        _upstream.Dispose();
        _wake.Dispose();
        _signals.Dispose();
    }

    private void Wait()
    {
        var now = Now;
        var timeout = LongestWait;
        _poll.Clear();
        _poll.Add(_wake.Number);
        _poll.Add(_signals.Number);
        _upstream.AddTo(_poll);
        foreach (var worker in _workers.All)
        {
            worker.PollIndex = _poll.Add(worker.Process.Pidfd.Number);
            _poll.Add(worker.Speaks ? worker.Channel.Packets.Number : worker.Process.Pidfd.Number);
            worker.Prober.AddTo(_poll);
            timeout = Shorter(timeout, worker.Prober.WakeAt - now);
        }

        _waiting.AddTo(_poll, _machine.Acceptor, now);
        _poll.Wait(timeout);
        NoteLateness(Now, timeout);
    }

    // This process was stopped, starved or suspended: probe results are as much about this process as about the worker.
    private void NoteLateness(TimeSpan now, TimeSpan waited)
    {
        // Measured from turn to turn, so that no moment is missed.
        if (now - _turnedAt - waited > LateBy)
        {
            Interlocked.Increment(ref Counts.TimerLate);
            foreach (var worker in _workers.All)
            {
                worker.Prober.Discard(now);
            }

            _events.Enqueue(new GuardEvent.TimerLate());
        }

        _turnedAt = now;
    }

    private void TakeSignals()
    {
        while (_poll.IsReady(1) && _signals.Take() is { } signal)
        {
            Signaled?.Invoke(signal);
        }
    }

    private void TakePosted()
    {
        if (_poll.IsReady(0))
        {
            _wake.Reset();
            while (_posted.TryDequeue(out var action))
            {
                action();
            }
        }
    }

    private void Watch(WorkerProcess worker)
    {
        if (worker.Speaks && _poll.IsReady(worker.PollIndex + 1))
        {
            _workers.Hear(worker);
        }

        if (_poll.IsReady(worker.PollIndex))
        {
            var how = _workers.NoteEnd(worker);
            if (!worker.IsDraining && _outcome.NoteEnd(worker.Process.Pid, how))
            {
                _report(EventLevel.Error, "upgrade-failed", LastUpgrade!.Reason);
            }

            return;
        }

        if (worker.Queue.StandsStill(worker.Progress, _listeners.All, Now))
        {
            worker.Prober.ProbeNow(Now);
        }

        var result = worker.Prober.Advance(_poll, Now);
        if (result != WorkerProbeResult.None)
        {
            _events.Enqueue(_probes.Report(worker, _machine.Workers.FirstOrDefault(slot => slot.Number == worker.Number), result, Now));
        }
    }

    private void Handle()
    {
        var changed = false;
        while (_events.TryDequeue(out var happened))
        {
            var tier = Tiers.Of(_machine.Acceptor);
            foreach (var action in _machine.Handle(happened, Now).ToArray())
            {
                changed = true;
                Do(action);
            }

            if (Tiers.Of(_machine.Acceptor) is var now && now != tier)
            {
                Counts.CountFailover(tier, now, Tiers.Reason(happened));
            }

            changed |= happened is GuardEvent.WorkerFitness or GuardEvent.WorkerEnded or GuardEvent.WorkerAdopted;
        }

        _heldBack.Report(_machine.HeldBack(Now));
        if (changed)
        {
            Changed?.Invoke(View());
        }
    }

    private void Do(GuardAction action)
    {
        switch (action)
        {
            case GuardAction.Accept accept:
                _listeners.Apply(accept.Who);
                _report(LevelOf(accept.Who), "acceptor", AcceptorEvent.Describe(accept.Who, _listeners.CarriedServices.Count > 0));
                break;
            case GuardAction.UpgradeEnded ended:
                LastUpgrade = ended;
                _report(ended.Well ? EventLevel.Info : EventLevel.Error, ended.Well ? "upgraded" : "upgrade-failed", ended.Reason);
                _upgrading?.TrySetResult(ended);
                _upgrading = null;
                break;
            case GuardAction.Exit:
                _done = true;
                break;
            default:
                _workers.Do(action);
                break;
        }
    }

    private EventLevel LevelOf(Acceptor acceptor) => AcceptorEvent.LevelOf(acceptor, _machine.Drained || _machine.Stopping);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => other < TimeSpan.Zero ? TimeSpan.Zero : other < one ? other : one;
}
