using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>
/// A simulation around a lease machine that executes the actions and checks the promises independently. A worker exists after
/// StartWorker, accepts from its grant until it reports that it stopped, and is gone when its end is reported.
/// </summary>
internal sealed class LeaseWorld
{
    private readonly LeaseMachine _machine;
    private readonly Dictionary<int, Life> _alive = [];
    private readonly List<string> _story = [];
    private readonly List<TimeSpan> _crashes = [];
    private TimeSpan _now;
    private Acceptor _acceptor = Acceptor.Holding;
    private int _known = 1;
    private bool _gateways;
    private bool _drained;
    private bool _stopped;
    private bool _exited;
    private int? _replacement;
    private bool _upgraded;
    private bool _undrained;
    private TimeSpan? _firstGrant;
    private TimeSpan? _latestGrant;

    internal LeaseWorld(int seed)
    {
        _machine = new LeaseMachine(new LeaseSettings(), new Random(seed));
    }

    internal bool Exited => _exited;

    private int? Out => _alive.Where(pair => pair.Value.Accepts).Select(pair => (int?)pair.Key).SingleOrDefault();

    internal void Take(LeaseStep step)
    {
        _now += TimeSpan.FromMilliseconds(step.Wait);
        var worker = step.Pick % (_known + 2);
        switch (step.Deed)
        {
            case LeaseDeed.Tick: Tell(new GuardEvent.Tick()); break;
            case LeaseDeed.TimerLate:
                ForgetRuns(_alive.Values);
                Tell(new GuardEvent.TimerLate());
                break;
            case LeaseDeed.ProbePassed: Pass(worker); break;
            case LeaseDeed.AllPass: Each(Pass); break;
            case LeaseDeed.ProbeTimedOut:
                TimeOut(worker, step.Detail / 2 % 2, step.Detail % 4 != 0, step.Detail < 5 ? null : step.Detail % 2);
                break;
            case LeaseDeed.Hang:
                for (var i = 0; i < 3; i++)
                {
                    TimeOut(worker, step.Detail, workWaits: true);
                }

                break;
            case LeaseDeed.AnsweredBadly:
                ForgetRuns(Of(worker));
                Tell(new GuardEvent.ProbeAnsweredBadly(worker));
                break;
            case LeaseDeed.Unfit: Tell(new GuardEvent.WorkerFitness(worker, false)); break;
            case LeaseDeed.Fit: Tell(new GuardEvent.WorkerFitness(worker, true)); break;
            case LeaseDeed.Returned: Return(worker); break;
            case LeaseDeed.Obey: Obey(); break;
            case LeaseDeed.Ended: End(worker); break;
            case LeaseDeed.GatewaysAnswer: Gateways(true); break;
            case LeaseDeed.GatewaysSilent: Gateways(false); break;
            case LeaseDeed.Upgrade: Tell(new GuardEvent.UpgradeRequested()); break;
            case LeaseDeed.Drain:
                _drained = true;
                Tell(new GuardEvent.DrainRequested());
                break;
            case LeaseDeed.Undrain:
                _undrained = true;
                _drained &= _stopped;
                Tell(new GuardEvent.UndrainRequested());
                break;
            case LeaseDeed.Adopted: Adopt(worker, step.Detail % 2 == 0); break;
            case LeaseDeed.Stop:
                _stopped = true;
                Tell(new GuardEvent.StopRequested());
                break;
        }
    }

    /// <summary>After any history: without further faults a worker serves (or the guard exits, if stopped).</summary>
    internal void EndsWell()
    {
        Gateways(true);
        for (var second = 0; second < 200 && !_exited; second++)
        {
            _now += TimeSpan.FromSeconds(1);
            Tell(new GuardEvent.Tick());
            Obey();
            Each(worker => Tell(new GuardEvent.WorkerFitness(worker, true)));
            Each(Pass);
        }

        Promise(_exited == _stopped, "a stopped guard ends when its workers have ended");
        Promise(_stopped || _drained || Out is not null, "a worker that is well gets the lease in the end");
        Promise(!_machine.Upgrading, "an upgrade ends");
    }

    private void Pass(int worker)
    {
        foreach (var life in Of(worker).Where(life => !life.HasReported))
        {
            life.HasReported = true;
            Tell(new GuardEvent.WorkerFitness(worker, true));
        }

        ForgetRuns(Of(worker));
        Tell(new GuardEvent.ProbePassed(worker));
    }

    private void TimeOut(int worker, long progress, bool workWaits, int? stalledLoop = null)
    {
        foreach (var life in Of(worker))
        {
            var still = life.Progress == progress || IsTheSame(life.Stalled, stalledLoop);
            life.Run = !workWaits ? 0 : life.Run > 0 && still ? life.Run + 1 : 1;
            (life.Progress, life.Stalled) = (progress, stalledLoop);
        }

        Tell(new GuardEvent.ProbeTimedOut(worker, progress, workWaits, StalledLoop: stalledLoop));
    }

    private void Return(int worker)
    {
        foreach (var life in Of(worker))
        {
            // The last messages of a killed worker are ignored; only its end counts.
            life.Accepts &= life.Hung;
        }

        Tell(new GuardEvent.LeaseReturned(worker));
    }

    // The workers obey: they return the lease or exit.
    private void Obey() => Each(worker =>
    {
        var life = _alive[worker];
        if (life is { Asked: true, Accepts: true, Hung: false })
        {
            Return(worker);
        }
        else if (life.Killed || life.Dismissed)
        {
            End(worker);
        }
    });

    private void End(int worker)
    {
        if (_alive.Remove(worker, out var life) && !life.Dismissed && worker != _replacement)
        {
            _crashes.Add(_now);
        }

        Tell(new GuardEvent.WorkerEnded(worker));
    }

    private void Gateways(bool answer)
    {
        _gateways = answer;
        Tell(new GuardEvent.GatewaysAnswer(answer));
    }

    private void Adopt(int worker, bool leased)
    {
        // Only a guard without a worker looks for one to adopt.
        if (_alive.Count == 0 && !_exited)
        {
            _alive[worker] = new Life { Accepts = leased };
            _latestGrant = leased ? _now : _latestGrant;
            _firstGrant ??= leased ? _now : null;
            _known = Math.Max(_known, worker);
        }

        Tell(new GuardEvent.WorkerAdopted(worker, leased));
    }

    private void Tell(GuardEvent happened)
    {
        _story.Add($"{_now.TotalSeconds:0.000} {happened}");
        var actions = _machine.Handle(happened, _now).ToArray();
        Promise(!_exited || actions.Length == 0, "after the end nothing is done");
        foreach (var action in actions)
        {
            _story.Add($"        → {action}");
            Play(action);
        }

        Promise(_machine.Handle(new GuardEvent.Tick(), _now).Count == 0, "what follows from a state has been done at once");
        Promise(_acceptor == _machine.Acceptor, "the acceptor changes by an action");
        Promise(_machine.Holder?.Number == Out, "the machine knows who has the lease");
        Promise(_undrained || _alive.Count <= 2, "two workers at most");
        if (Out is not null)
        {
            Promise(_acceptor == Acceptor.Worker, "while a worker has the lease it accepts");
        }
        else if (!_exited)
        {
            Promise(!_gateways || _acceptor == Acceptor.Guard, "while no worker has the lease and a gateway answers the guard accepts");
            Promise(_gateways || _acceptor is Acceptor.Paused or Acceptor.Holding, "without an acceptor the listeners are paused");
            Promise(_acceptor != Acceptor.Holding || _firstGrant is null, "connections are held at the first start only");
        }
    }

    private void Play(GuardAction action)
    {
        switch (action)
        {
            case GuardAction.StartWorker start:
                Promise(start.Worker > _known || _known == 1, "a worker's number is its own");
                Promise(!_drained && !_stopped, "no worker is started on a drained node");
                _known = start.Worker;
                if (_machine.Upgrading && _replacement is null)
                {
                    _replacement = start.Worker;
                    _upgraded = true;
                }

                _alive.Add(start.Worker, new Life());
                break;
            case GuardAction.Grant grant:
                Promise(_alive.TryGetValue(grant.Worker, out var granted), "only a living worker is granted the lease");
                Promise(Out is null, "never two leases");
                Promise(_acceptor == Acceptor.Worker, "Accept(Worker) comes before the grant");
                Promise(granted is { Dismissed: false, Killed: false }, "no dismissed worker is granted the lease");
                PromiseSpacing();
                granted!.Accepts = true;
                granted.Asked = false;
                _latestGrant = _now;
                _firstGrant ??= _now;
                break;
            case GuardAction.Revoke revoke:
                Promise(Out == revoke.Worker, "only a lease that is out is asked back");
                _alive[revoke.Worker].Asked = true;
                break;
            case GuardAction.Kill kill:
                Promise(
                    _alive.TryGetValue(kill.Worker, out var hung) && hung.Run >= 3,
                    "never a kill without three time-outs in a row, all or one loop still, work waiting, and no late timer between");
                Promise(!hung!.Hung, "killed once");
                hung.Killed = hung.Hung = true;
                hung.Run = 0;
                break;
            case GuardAction.Drain drain:
                Promise(_alive.ContainsKey(drain.Worker), "only a living worker drains");
                _alive[drain.Worker].Asked = _alive[drain.Worker].Dismissed = true;
                break;
            case GuardAction.Retire retire:
                Promise(_alive.TryGetValue(retire.Worker, out var retired), "only a living worker is retired");
                Promise(retired is { Dismissed: true } or { Accepts: false }, "a worker that serves is not retired");
                retired!.Killed = true;
                break;
            case GuardAction.Accept accept:
                Promise(accept.Who != _acceptor, "the acceptor changes once");
                Promise(accept.Who != Acceptor.Guard || Out is null, "guard and worker never accept together");
                _acceptor = accept.Who;
                break;
            case GuardAction.UpgradeEnded:
                _replacement = _machine.Upgrading ? _replacement : null;
                break;
            case GuardAction.Exit:
                Promise(_stopped && _alive.Count == 0 && _acceptor == Acceptor.Closed, "the end comes after the workers and the listeners");
                _exited = true;
                break;
        }
    }

    private void PromiseSpacing()
    {
        for (var i = 1; !_upgraded && i < _crashes.Count; i++)
        {
            var loop = _crashes[i] - _crashes[i - 1] <= TimeSpan.FromSeconds(10) && _now - _crashes[i] <= TimeSpan.FromSeconds(60);
            Promise(
                !loop || _latestGrant is null || _now - _latestGrant >= TimeSpan.FromSeconds(30),
                "in a crash loop leases are thirty seconds apart");
        }
    }

    private IEnumerable<Life> Of(int worker) => _alive.TryGetValue(worker, out var life) ? [life] : [];

    private void Each(Action<int> action)
    {
        foreach (var worker in _alive.Keys.ToArray())
        {
            if (_alive.ContainsKey(worker))
            {
                action(worker);
            }
        }
    }

    private static bool IsTheSame(int? before, int? now) => now is not null && (before is null || before == now);

    private static void ForgetRuns(IEnumerable<Life> lives)
    {
        foreach (var life in lives)
        {
            life.Run = 0;
        }
    }

    private void Promise(bool kept, string promise)
    {
        if (!kept)
        {
            throw new BrokenPromiseException($"{promise}\n{string.Join('\n', _story)}");
        }
    }

    private sealed class Life
    {
        internal bool Accepts { get; set; }

        internal bool Asked { get; set; }

        internal bool Dismissed { get; set; }

        internal bool Killed { get; set; }

        internal bool Hung { get; set; }

        internal bool HasReported { get; set; }

        internal int Run { get; set; }

        internal long Progress { get; set; }

        internal int? Stalled { get; set; }
    }
}

/// <summary>The machine broke a promise; the message contains the whole history.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message);
