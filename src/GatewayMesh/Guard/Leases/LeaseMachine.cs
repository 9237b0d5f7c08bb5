namespace GatewayMesh.Guard.Leases;

/// <summary>
/// Decides who accepts connections. It has no clock, no thread and no descriptor: events and their times go in, actions come out.
/// <code>
///   starting ──probe passes──► ready ──granted──► leased ──asked back──► returning ──returned──► ready | draining
///      ▲                         │                  │                        │
///      └────── restarted ◄───────┴──────── ended or killed as hung ──────────┘
/// </code>
/// Three things hold at every moment: at most one lease is out; while none is out, the guard accepts if a gateway answers; and a worker is
/// killed only on all three conditions of <see cref="HangEvidence"/>.
/// </summary>
internal sealed class LeaseMachine(LeaseSettings settings, Random jitter)
{
    private readonly List<WorkerSlot> _workers = [];
    private readonly CrashHistory _crashes = new(settings, jitter);
    private readonly List<GuardAction> _actions = [];
    private int _nextWorker = 1;
    private TimeSpan _restartAt;
    private TimeSpan? _holdUntil;
    private int? _replacement;
    private bool _drained;
    private bool _stopping;
    private bool _exited;
    private bool _gatewaysAnswer;

    /// <summary>Who accepts.</summary>
    internal Acceptor Acceptor { get; private set; } = Acceptor.Holding;

    /// <summary>The workers that have not ended.</summary>
    internal IReadOnlyList<WorkerSlot> Workers => _workers;

    /// <summary>The worker that holds the lease, or null.</summary>
    internal WorkerSlot? Holder => _workers.Find(worker => worker.HoldsLease);

    /// <summary>Whether the node was drained by an operator.</summary>
    internal bool Drained => _drained;

    /// <summary>True from the request to leave and end.</summary>
    internal bool Stopping => _stopping;

    /// <summary>Whether an upgrade is under way.</summary>
    internal bool Upgrading => _replacement is not null;

    /// <summary>The reason that no worker has the lease now, and the time until the next try; null when one has, or nothing is waited for.</summary>
    internal HeldBack? HeldBack(TimeSpan now) => Holder is not null || _drained || _stopping
        ? null
        : Leases.HeldBack.Of(_workers.FindAll(worker => worker.Number != _replacement), _restartAt, _crashes, _gatewaysAnswer, now);

    /// <summary>Takes one event in.</summary>
    /// <returns>What to do now, in order. The list is the machine's own: use it before the next call.</returns>
    internal IReadOnlyList<GuardAction> Handle(GuardEvent happened, TimeSpan now)
    {
        _actions.Clear();
        if (!_exited)
        {
            Note(happened, now);
            Settle(now);
        }

        return _actions;
    }

    private void Note(GuardEvent happened, TimeSpan now)
    {
        switch (happened)
        {
            case GuardEvent.TimerLate:
                _workers.ForEach(worker => worker.Evidence.Distrust(now));
                break;
            case GuardEvent.WorkerAdopted { Drains: true } old when Find(old.Worker) is null:
                _workers.Add(new WorkerSlot(old.Worker, now, settings) { Phase = WorkerPhase.Draining, Dismissed = true, DrainDeadline = now + settings.UpgradeDrainTimeout });
                _nextWorker = Math.Max(_nextWorker, old.Worker + 1);
                break;
            case GuardEvent.WorkerAdopted adopted when _workers.Count == 0:
                Adopt(adopted, now);
                break;
            case GuardEvent.WorkerFitness said when Find(said.Worker) is { } worker:
                worker.Says(said.Fit, now);
                break;
            case GuardEvent.ProbePassed passed when Find(passed.Worker) is { } worker:
                ProbePassed(worker, now);
                break;
            case GuardEvent.ProbeTimedOut timedOut when Find(timedOut.Worker) is { } worker:
                worker.TimedOut(timedOut, now);
                break;
            case GuardEvent.ProbeAnsweredBadly bad when Find(bad.Worker) is { } worker:
                worker.Evidence.AnsweredBadly(now);
                break;
            case GuardEvent.LeaseReturned returned when Find(returned.Worker) is { } worker:
                Returned(worker, now);
                break;
            case GuardEvent.WorkerEnded ended when Find(ended.Worker) is { } worker:
                Ended(worker, ended.How, now);
                break;
            case GuardEvent.GatewaysAnswer gateways:
                _gatewaysAnswer = gateways.Any;
                break;
            case GuardEvent.UpgradeRequested:
                Upgrade(now);
                break;
            case GuardEvent.DrainRequested when !_drained:
                _drained = true;
                DismissAll(now);
                break;
            case GuardEvent.UndrainRequested when _drained && !_stopping:
                _drained = false;
                _restartAt = now;
                break;
            case GuardEvent.StopRequested when !_stopping:
                _stopping = true;
                DismissAll(now);
                break;
        }
    }

    private void Adopt(GuardEvent.WorkerAdopted adopted, TimeSpan now)
    {
        _workers.Add(new WorkerSlot(adopted.Worker, now, settings) { Phase = adopted.Leased ? WorkerPhase.Leased : WorkerPhase.Starting, Fit = adopted.Leased });
        _nextWorker = Math.Max(_nextWorker, adopted.Worker + 1);
        if (adopted.Leased)
        {
            _crashes.Leased(now);
        }

        if (_drained || _stopping)
        {
            DismissAll(now);
        }
    }

    private void ProbePassed(WorkerSlot worker, TimeSpan now)
    {
        if (worker.Phase == WorkerPhase.Starting)
        {
            worker.BecomeReady(now, _crashes.ReadinessWanted(now));
        }
        else if (worker.Phase == WorkerPhase.Ready && worker.Evidence.FailingSince is not null)
        {
            worker.ReadySince = now;
        }

        worker.Evidence.Clear();
    }

    private void Returned(WorkerSlot worker, TimeSpan now)
    {
        if (worker.Phase is not (WorkerPhase.Leased or WorkerPhase.Returning))
        {
            return;
        }

        if (worker.Dismissed || ReplacementServes())
        {
            Dismiss(worker, now, leave: false);
            worker.Phase = WorkerPhase.Draining;
            return;
        }

        // It gave the lease back, or we took it for cause: it must prove itself before it is trusted again. Not so when we took it only for
        // the sake of a new worker that has failed meanwhile.
        var wanted = _crashes.ReadinessWanted(now);
        worker.BecomeReady(now, worker.HandsOver ? TimeSpan.Zero : wanted > settings.FailbackAfter ? wanted : settings.FailbackAfter);
        worker.HandsOver = false;
    }

    // Whether the new worker of an upgrade can take the lease this very moment.
    private bool ReplacementServes() => _replacement is { } number && Find(number) is { } worker && worker.IsProved;

    private void Ended(WorkerSlot worker, string? how, TimeSpan now)
    {
        _workers.Remove(worker);
        if (worker.Number == _replacement)
        {
            EndUpgrade(well: false, worker.Late
                ? $"the new worker was not ready in {(settings.StartTimeout + worker.Excused).TotalSeconds:0} s and was ended; the old one serves on"
                : $"the new worker ended before it served{(how is null ? "" : $" ({how})")}; the old one serves on");
            return;
        }

        if (!worker.Dismissed)
        {
            _restartAt = _crashes.Crashed(now);
        }
    }

    private void Upgrade(TimeSpan now)
    {
        if (_replacement is not null || _drained || _stopping || _workers.Exists(worker => worker.Dismissed))
        {
            _actions.Add(new GuardAction.UpgradeEnded(false, _replacement is not null ? "an upgrade is under way" : _drained || _stopping ? "the node is drained" : "an old worker still drains"));
            return;
        }

        _replacement = Start(now);
    }

    private void EndUpgrade(bool well, string reason)
    {
        _replacement = null;
        _actions.Add(new GuardAction.UpgradeEnded(well, reason));
    }

    private void DismissAll(TimeSpan now)
    {
        if (_replacement is not null)
        {
            EndUpgrade(well: false, "the node drains");
        }

        foreach (var worker in _workers)
        {
            Dismiss(worker, now, leave: true);
        }
    }

    // A worker that holds the lease keeps it until it says that it no longer accepts: others are still on their way to it.
    private void Dismiss(WorkerSlot worker, TimeSpan now, bool leave)
    {
        // The old worker of an upgrade has long, but not as long when the whole node leaves.
        var deadline = now + (leave ? settings.DrainTimeout : settings.UpgradeDrainTimeout);
        if (worker.DrainDeadline is null || (leave && !worker.Leaves && deadline < worker.DrainDeadline))
        {
            worker.DrainDeadline = deadline;
            worker.Leaves = leave;
            _actions.Add(new GuardAction.Drain(worker.Number, leave));
        }

        worker.Dismissed = true;
        if (worker.Phase is WorkerPhase.Starting or WorkerPhase.Ready)
        {
            worker.Phase = WorkerPhase.Draining;
        }
    }

    // All that follows from the state as it is now. Asking twice changes nothing.
    private void Settle(TimeSpan now)
    {
        KillTheHung();
        RevokeFromTheUnfit(now);
        RetireTheOverdue(now);
        KeepOneRunning(now);
        HandOver(now);
        GrantToTheReady(now);
        ChooseAcceptor(now);
        ExitWhenDone();
    }

    private void KillTheHung()
    {
        foreach (var worker in _workers.Where(worker => worker is { Evidence.Hung: true, Phase: WorkerPhase.Ready or WorkerPhase.Leased or WorkerPhase.Returning }))
        {
            worker.HeldLeaseWhenKilled = worker.HoldsLease;
            worker.Phase = WorkerPhase.Killed;
            worker.Evidence.Clear();
            _actions.Add(new GuardAction.Kill(worker.Number));
        }
    }

    private void RevokeFromTheUnfit(TimeSpan now)
    {
        foreach (var worker in _workers.Where(worker => worker is { Phase: WorkerPhase.Leased, Dismissed: false } && !Able(worker, now)))
        {
            Revoke(worker);
        }
    }

    private bool Able(WorkerSlot worker, TimeSpan now) =>
        worker.Fit
        && worker.Evidence.BadAnswers < settings.ProbeFailures
        && (worker.Evidence.FailingSince is not { } since || now - since < settings.OverloadPatience);

    private void Revoke(WorkerSlot worker)
    {
        worker.Phase = WorkerPhase.Returning;
        _actions.Add(new GuardAction.Revoke(worker.Number));
    }

    private void RetireTheOverdue(TimeSpan now)
    {
        foreach (var worker in _workers)
        {
            if (worker.DrainDeadline is { } deadline && now > deadline + settings.StartTimeout)
            {
                worker.DrainDeadline = TimeSpan.MaxValue - settings.StartTimeout;
                _actions.Add(new GuardAction.Retire(worker.Number, "it did not end in time"));
            }
            else if (worker.IsLate(now, isReplacement: worker.Number == _replacement))
            {
                worker.Phase = WorkerPhase.Killed;
                worker.Late = true;
                _actions.Add(new GuardAction.Retire(worker.Number, "it was not ready in time"));
            }
        }
    }

    private void KeepOneRunning(TimeSpan now)
    {
        if (!_drained && !_stopping && now >= _restartAt && !_workers.Exists(worker => worker.Phase != WorkerPhase.Draining && !worker.Dismissed))
        {
            Start(now);
        }
    }

    private int Start(TimeSpan now)
    {
        _workers.Add(new WorkerSlot(_nextWorker, now, settings) { StartPatience = _crashes.StartPatience(now) });
        _actions.Add(new GuardAction.StartWorker(_nextWorker));
        return _nextWorker++;
    }

    // An upgrade: the old worker is asked for the lease only when the new one has proved for a while that it can serve. One that crashes meanwhile
    // costs nothing.
    private void HandOver(TimeSpan now)
    {
        if (ReplacementServes() && now - Find(_replacement!.Value)!.ReadySince >= settings.UpgradeProbation && Holder is { Phase: WorkerPhase.Leased } old)
        {
            old.HandsOver = true;
            Revoke(old);
        }
    }

    private void GrantToTheReady(TimeSpan now)
    {
        if (Holder is not null
            || _workers.FindLast(worker => worker.IsProved && Waited(worker, now)) is not { } candidate)
        {
            return;
        }

        candidate.Phase = WorkerPhase.Leased;
        _crashes.Leased(now);
        SetAcceptor(Acceptor.Worker);
        _actions.Add(new GuardAction.Grant(candidate.Number));
        if (candidate.Number == _replacement)
        {
            foreach (var old in _workers.Where(worker => worker != candidate && !worker.Dismissed))
            {
                Dismiss(old, now, leave: false);
            }

            EndUpgrade(well: true, "the new worker serves");
        }
    }

    // An upgrade may be the fix of a crash loop, so it need not wait. Hysteresis is for the sake of those whom a gateway serves
    // meanwhile: with no gateway there is nothing to wait for.
    private bool Waited(WorkerSlot worker, TimeSpan now) =>
        worker.Number == _replacement
        || (!_crashes.LoopForbidsLease(now) && (!_gatewaysAnswer || now - worker.ReadySince >= worker.ReadinessWanted));

    private void ChooseAcceptor(TimeSpan now)
    {
        if (Holder is not null)
        {
            SetAcceptor(Acceptor.Worker);
        }
        else if (_stopping && _workers.Count == 0)
        {
            SetAcceptor(Acceptor.Closed);
        }
        else if (_gatewaysAnswer)
        {
            SetAcceptor(Acceptor.Guard);
        }
        else if (Acceptor == Acceptor.Holding && now <= (_holdUntil ??= now + settings.HoldAtStart) && _crashes.Recent(now) == 0)
        {
            return;
        }
        else
        {
            SetAcceptor(Acceptor.Paused);
        }
    }

    private void SetAcceptor(Acceptor who)
    {
        if (Acceptor != who)
        {
            Acceptor = who;
            _actions.Add(new GuardAction.Accept(who));
        }
    }

    private void ExitWhenDone()
    {
        if (Acceptor == Acceptor.Closed)
        {
            _exited = true;
            _actions.Add(new GuardAction.Exit());
        }
    }

    private WorkerSlot? Find(int number) => _workers.Find(worker => worker.Number == number);
}
