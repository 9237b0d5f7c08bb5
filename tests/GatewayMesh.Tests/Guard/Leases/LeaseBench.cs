using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>A lease machine with a clock moved only by the test. Each call returns the resulting actions.</summary>
internal sealed class LeaseBench(double jitter = 0)
{
    private readonly LeaseMachine _machine = new(new LeaseSettings(), new FixedRandom(jitter));

    private readonly HashSet<int> _said = [];

    internal static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    internal TimeSpan Now { get; private set; }

    internal LeaseMachine Machine => _machine;

    internal Acceptor Acceptor => _machine.Acceptor;

    internal int? Holder => _machine.Holder?.Number;

    internal GuardAction[] On(GuardEvent happened) => [.. _machine.Handle(happened, Now)];

    internal GuardAction[] Tick() => On(new GuardEvent.Tick());

    internal GuardAction[] After(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return Tick();
    }

    /// <summary>Ticks every millisecond until an action of this kind.</summary>
    /// <returns>The elapsed time; null when the action did not occur.</returns>
    internal TimeSpan? Until<TAction>(double seconds)
        where TAction : GuardAction
    {
        for (var waited = TimeSpan.Zero; waited <= TimeSpan.FromSeconds(seconds); waited += Millisecond)
        {
            if (Tick().OfType<TAction>().Any())
            {
                return waited;
            }

            Now += Millisecond;
        }

        return null;
    }

    internal GuardAction[] Gateways(bool answer) => On(new GuardEvent.GatewaysAnswer(answer));

    /// <summary>A probe passes, after a fitness report if the worker has sent none.</summary>
    internal GuardAction[] Passes(int worker)
    {
        var actions = _said.Add(worker) ? On(new GuardEvent.WorkerFitness(worker, true)) : [];
        return [.. actions, .. On(new GuardEvent.ProbePassed(worker))];
    }

    /// <summary>A probe of the new worker of an upgrade passes, and again after its probation.</summary>
    internal GuardAction[] Proves(int worker)
    {
        var actions = Passes(worker);
        Now += new LeaseSettings().UpgradeProbation;
        return [.. actions, .. Passes(worker)];
    }

    internal GuardAction[] TimesOut(
        int worker, long progress = 7, bool workWaits = true, bool starved = false, bool accepts = false, int? stalledLoop = null) =>
        On(new GuardEvent.ProbeTimedOut(worker, progress, workWaits, starved, accepts, stalledLoop));

    internal GuardAction[] AnswersBadly(int worker) => On(new GuardEvent.ProbeAnsweredBadly(worker));

    internal GuardAction[] Fit(int worker, bool fit)
    {
        _said.Add(worker);
        return On(new GuardEvent.WorkerFitness(worker, fit));
    }

    internal GuardAction[] Returns(int worker) => On(new GuardEvent.LeaseReturned(worker));

    internal GuardAction[] Ends(int worker) => On(new GuardEvent.WorkerEnded(worker));

    internal GuardAction[] Upgrade() => On(new GuardEvent.UpgradeRequested());

    internal GuardAction[] Drain() => On(new GuardEvent.DrainRequested());

    internal GuardAction[] Undrain() => On(new GuardEvent.UndrainRequested());

    internal GuardAction[] Stop() => On(new GuardEvent.StopRequested());

    /// <summary>A bench where worker 1 serves and a gateway responds.</summary>
    internal static LeaseBench Serving(double jitter = 0)
    {
        var bench = new LeaseBench(jitter);
        bench.Gateways(true);
        bench.Tick();
        bench.On(new GuardEvent.WorkerStarted(1));
        bench.Passes(1);
        Assert.That(bench.Holder, Is.EqualTo(1));
        return bench;
    }

    /// <summary>The worker dies, and the next one starts after the backoff.</summary>
    /// <returns>The new worker's number and the elapsed time.</returns>
    internal (int Worker, TimeSpan Backoff) Crash(int worker)
    {
        var began = Now;
        var actions = Ends(worker);
        while (true)
        {
            if (actions.OfType<GuardAction.StartWorker>().FirstOrDefault() is { } start)
            {
                return (start.Worker, Now - began);
            }

            Assert.That(Now - began, Is.LessThan(TimeSpan.FromMinutes(1)), "no worker is started");
            actions = After(0.0005);
        }
    }
}
