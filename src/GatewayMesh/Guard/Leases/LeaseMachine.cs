namespace GatewayMesh.Guard.Leases;

/// <summary>
/// Decides which process accepts connections. No clock, no thread and no descriptor: timed events go in, actions come out.
/// <code>
///   starting ──probe passes──► ready ──granted──► leased ──asked back──► returning ──returned──► ready | draining
///      ▲                         │                  │                        │
///      └────── restarted ◄───────┴──────── ended or killed as hung ──────────┘
/// </code>
/// Three invariants: at most one lease is granted; while no lease is granted, the guard accepts if a gateway responds; and a worker is
/// killed only on all three conditions of <see cref="HangEvidence"/>.
/// </summary>
internal sealed class LeaseMachine(LeaseSettings settings, Random jitter)
{
    private readonly List<WorkerSlot> _workers = [];
    private readonly CrashHistory _crashes = new(settings, jitter);
    private readonly Replacement _replacement = new(settings);
    private readonly List<GuardAction> _actions = [];
    private int _nextWorker = 1;
    private TimeSpan _restartAt;
    private TimeSpan? _holdUntil;
    private bool _drained;
    private bool _stopping;
    private bool _exited;
    private bool _gatewaysAnswer;

    /// <summary>The current acceptor.</summary>
    internal Acceptor Acceptor { get; private set; } = Acceptor.Holding;

    /// <summary>The workers that have not ended.</summary>
    internal IReadOnlyList<WorkerSlot> Workers => _workers;

    /// <summary>The worker that holds the lease, or null.</summary>
    internal WorkerSlot? Holder => _workers.Find(worker => worker.HoldsLease);

    /// <summary>True if an operator has drained the node.</summary>
    internal bool Drained => _drained;

    /// <summary>True after the request to leave and exit.</summary>
    internal bool Stopping => _stopping;

    /// <summary>True while an upgrade is running.</summary>
    internal bool Upgrading => _replacement.IsRunning;

    /// <summary>
    /// Reason why no worker has the lease now, and the time until the next attempt; null when a worker has it or nothing is pending.
    /// </summary>
    internal HeldBack? HeldBack(TimeSpan now) => Holder is not null || _drained || _stopping
        ? null
        : Leases.HeldBack.Of(_workers.FindAll(worker => !_replacement.Is(worker)), _restartAt, _crashes, _gatewaysAnswer, now);

    /// <summary>Processes an event.</summary>
    /// <returns>Actions to execute, in order. The list belongs to the machine: use it before the next call.</returns>
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
                _workers.Add(
                    new WorkerSlot(old.Worker, now, settings)
                    {
                        Phase = WorkerPhase.Draining,
                        Dismissed = true,
                        DrainDeadline = now + settings.UpgradeDrainTimeout,
                    });
                _nextWorker = Math.Max(_nextWorker, old.Worker + 1);
                break;
            case GuardEvent.WorkerAdopted adopted when _workers.Count == 0:
                Adopt(adopted, now);
                break;
            case GuardEvent.WorkerFitness report when Find(report.Worker) is { } worker:
                worker.ReportFitness(report.Fit, now);
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
        _workers.Add(
            new WorkerSlot(adopted.Worker, now, settings)
            {
                Phase = adopted.Leased ? WorkerPhase.Leased : WorkerPhase.Starting,
                Fit = adopted.Leased,
            });
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

        if (worker.Dismissed || _replacement.IsProved)
        {
            Dismiss(worker, now, leave: false);
            worker.Phase = WorkerPhase.Draining;
            return;
        }

        // The worker returned the lease, or lost it for cause: it must prove itself again. Not so when the lease was revoked only
        // for a new worker that has failed meanwhile.
        var wanted = _crashes.ReadinessWanted(now);
        worker.BecomeReady(now, worker.HandsOver ? TimeSpan.Zero : wanted > settings.FailbackAfter ? wanted : settings.FailbackAfter);
        worker.HandsOver = false;
    }

    private void Ended(WorkerSlot worker, string? how, TimeSpan now)
    {
        _workers.Remove(worker);
        if (_replacement.Is(worker))
        {
            _actions.Add(_replacement.Ended(how));
            return;
        }

        if (!worker.Dismissed)
        {
            _restartAt = _crashes.Crashed(now);
        }
    }

    private void Upgrade(TimeSpan now)
    {
        if (_replacement.Refusal(leaves: _drained || _stopping, drains: _workers.Exists(worker => worker.Dismissed)) is { } refusal)
        {
            _actions.Add(refusal);
        }
        else
        {
            _replacement.Begin(Start(now));
        }
    }

    private void DismissAll(TimeSpan now)
    {
        if (_replacement.IsRunning)
        {
            _actions.Add(_replacement.NodeDrains());
        }

        foreach (var worker in _workers)
        {
            Dismiss(worker, now, leave: true);
        }
    }

    // A worker keeps the lease until it reports that it stopped accepting: connections may still be on their way to it.
    private void Dismiss(WorkerSlot worker, TimeSpan now, bool leave)
    {
        // The old worker of an upgrade has a long time limit, but a shorter one when the whole node leaves.
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

    // Derives all actions from the current state. Idempotent.
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
        foreach (
            var worker in _workers.Where(
                worker => worker is { Evidence.Hung: true, Phase: WorkerPhase.Ready or WorkerPhase.Leased or WorkerPhase.Returning }))
        {
            worker.HeldLeaseWhenKilled = worker.HoldsLease;
            worker.Phase = WorkerPhase.Killed;
            worker.Evidence.Clear();
            _actions.Add(new GuardAction.Kill(worker.Number));
        }
    }

    private void RevokeFromTheUnfit(TimeSpan now)
    {
        foreach (
            var worker in _workers.Where(
                worker => worker is { Phase: WorkerPhase.Leased, Dismissed: false } && !worker.MayKeepLease(now)))
        {
            Revoke(worker);
        }
    }

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
                _actions.Add(new GuardAction.Retire(worker.Number, "it did not exit in time"));
            }
            else if (worker.IsLate(now, isReplacement: _replacement.Is(worker)))
            {
                worker.Phase = WorkerPhase.Killed;
                worker.Late = true;
                _actions.Add(new GuardAction.Retire(worker.Number, "it was not ready in time"));
            }
        }
    }

    private void KeepOneRunning(TimeSpan now)
    {
        if (!_drained
            && !_stopping
            && now >= _restartAt
            && !_workers.Exists(worker => worker.Phase != WorkerPhase.Draining && !worker.Dismissed))
        {
            Start(now);
        }
    }

    private WorkerSlot Start(TimeSpan now)
    {
        var worker = new WorkerSlot(_nextWorker++, now, settings) { StartPatience = _crashes.StartPatience(now) };
        _workers.Add(worker);
        _actions.Add(new GuardAction.StartWorker(worker.Number));
        return worker;
    }

    private void HandOver(TimeSpan now)
    {
        if (_replacement.MayTakeOver(now) && Holder is { Phase: WorkerPhase.Leased } old)
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
        if (_replacement.Is(candidate))
        {
            foreach (var old in _workers.Where(worker => worker != candidate && !worker.Dismissed))
            {
                Dismiss(old, now, leave: false);
            }

            _actions.Add(_replacement.Serves());
        }
    }

    // An upgrade may fix a crash loop, so it need not wait. Hysteresis protects traffic served by a gateway meanwhile:
    // without a gateway there is nothing to wait for.
    private bool Waited(WorkerSlot worker, TimeSpan now) =>
        _replacement.Is(worker)
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
