using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>A kill requires all three conditions; each of these tests drops one.</summary>
public sealed class HungTests
{
    private static readonly GuardAction[] Killed = [new GuardAction.Kill(1)];

    [Test]
    public void Three_timeouts_without_progress_and_with_pending_work_are_a_hang()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.EqualTo(Killed));
    }

    [Test]
    public void Worker_waiting_for_a_processor_is_starved_and_not_hung()
    {
        var bench = LeaseBench.Serving();

        Repeat(29, () => Assert.That(bench.TimesOut(1, starved: true), Is.Empty));
    }

    [Test]
    public void Worker_without_progress_is_hung_on_a_busy_machine_too()
    {
        var bench = LeaseBench.Serving();
        Repeat(29, () => bench.TimesOut(1, starved: true));

        Assert.That(bench.TimesOut(1, starved: true), Is.EqualTo(Killed));
    }

    [Test]
    public void Starved_worker_without_progress_after_it_gets_CPU_time_is_hung()
    {
        var bench = LeaseBench.Serving();
        Repeat(3, () => bench.TimesOut(1, starved: true));

        Assert.That(bench.TimesOut(1), Is.EqualTo(Killed));
    }

    [Test]
    public void Accepting_worker_gets_time_for_its_pool_to_grow()
    {
        var bench = LeaseBench.Serving();
        Repeat(8, () => Assert.That(bench.TimesOut(1, accepts: true), Is.Empty));

        Assert.That(bench.TimesOut(1, progress: 8, accepts: true), Is.Empty, "a thread has come");
        Repeat(7, () => Assert.That(bench.TimesOut(1, progress: 8, accepts: true), Is.Empty));
    }

    [Test]
    public void Accepting_worker_with_an_exhausted_pool_is_hung()
    {
        var bench = LeaseBench.Serving();
        Repeat(8, () => bench.TimesOut(1, accepts: true));

        Assert.That(bench.TimesOut(1, accepts: true), Is.EqualTo(Killed));
    }

    [Test]
    public void A_worker_in_which_no_thread_runs_is_hung_at_once()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1, accepts: true);
        bench.TimesOut(1);

        Assert.That(bench.TimesOut(1), Is.EqualTo(Killed));
    }

    [Test]
    public void Stalled_loop_is_a_hang_although_other_loops_make_progress()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1, 1);
        bench.TimesOut(1, 2, stalledLoop: 1);

        Assert.That(bench.TimesOut(1, 3, stalledLoop: 1), Is.EqualTo(Killed));
    }

    [Test]
    public void Stalled_loop_of_an_accepting_worker_is_a_hang_after_nine_probes()
    {
        var bench = LeaseBench.Serving();
        for (var progress = 1; progress < 9; progress++)
        {
            Assert.That(bench.TimesOut(1, progress, accepts: true, stalledLoop: progress == 1 ? null : 0), Is.Empty);
        }

        Assert.That(bench.TimesOut(1, 9, accepts: true, stalledLoop: 0), Is.EqualTo(Killed));
    }

    [Test]
    public void Stalled_loop_that_turns_again_restarts_the_count()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1, 1);
        bench.TimesOut(1, 2, stalledLoop: 1);
        bench.TimesOut(1, 3);

        Assert.That(bench.TimesOut(1, 4, stalledLoop: 1), Is.Empty);
        Assert.That(bench.TimesOut(1, 5, stalledLoop: 1), Is.EqualTo(Killed));
    }

    [Test]
    public void Loops_that_are_slow_one_after_the_other_are_overloaded_and_not_hung()
    {
        var bench = LeaseBench.Serving();

        for (var progress = 1; progress < 100; progress++)
        {
            var loop = progress % 2;
            Assert.That(bench.TimesOut(1, progress, stalledLoop: loop).OfType<GuardAction.Kill>(), Is.Empty);
        }
    }

    [Test]
    public void Stalled_loop_of_a_starved_worker_gets_the_time_of_a_starved_worker()
    {
        var bench = LeaseBench.Serving();
        for (var progress = 1; progress < 30; progress++)
        {
            Assert.That(bench.TimesOut(1, progress, starved: true, accepts: true, stalledLoop: 0), Is.Empty);
        }

        Assert.That(bench.TimesOut(1, 30, starved: true, accepts: true, stalledLoop: 0), Is.EqualTo(Killed));
    }

    [Test]
    public void No_other_process_accepts_until_the_killed_worker_is_dead()
    {
        var bench = LeaseBench.Serving();
        Repeat(3, () => bench.TimesOut(1));

        Assert.That(bench.After(30), Is.Empty);
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Worker));
        Assert.That(bench.Ends(1), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Guard) }));
    }

    [Test]
    public void A_kill_counts_as_a_crash()
    {
        var bench = LeaseBench.Serving();
        Repeat(3, () => bench.TimesOut(1));
        var (second, _) = bench.Crash(1);
        bench.Passes(second);

        Assert.That(bench.Until<GuardAction.Grant>(60), Is.EqualTo(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void Progress_between_timeouts_is_not_a_hang()
    {
        var bench = LeaseBench.Serving();

        for (var progress = 1; progress < 20; progress++)
        {
            Assert.That(bench.TimesOut(1, progress), Is.Empty);
        }
    }

    [Test]
    public void Progress_before_the_last_timeout_restarts_the_count()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1, 1);
        bench.TimesOut(1, 1);
        bench.TimesOut(1, 2);

        Assert.That(bench.TimesOut(1, 2), Is.Empty);
        Assert.That(bench.TimesOut(1, 2), Is.EqualTo(Killed));
    }

    [Test]
    public void No_progress_without_pending_work_is_not_a_hang()
    {
        var bench = LeaseBench.Serving();

        Repeat(20, () => Assert.That(bench.TimesOut(1, workWaits: false), Is.Empty));
    }

    [Test]
    public void Moment_without_pending_work_restarts_the_count()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1);
        bench.TimesOut(1);
        bench.TimesOut(1, workWaits: false);

        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.EqualTo(Killed));
    }

    [Test]
    public void Late_guard_timer_restarts_the_count()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1);
        bench.TimesOut(1);
        bench.On(new GuardEvent.TimerLate());

        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.EqualTo(Killed));
    }

    [Test]
    public void Passed_probe_restarts_the_count()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1);
        bench.TimesOut(1);
        bench.Passes(1);

        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.Empty);
    }

    [Test]
    public void Error_response_is_a_sign_of_life()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1);
        bench.TimesOut(1);
        bench.AnswersBadly(1);

        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.Empty);
    }

    [Test]
    public void Starting_worker_is_slow_and_not_hung()
    {
        var bench = new LeaseBench();
        bench.Tick();

        Repeat(10, () => Assert.That(bench.TimesOut(1), Is.Empty));
    }

    [Test]
    public void Worker_waiting_for_its_lease_can_hang()
    {
        var bench = LeaseBench.Serving();
        var (second, _) = bench.Crash(1);
        bench.Passes(second);
        Repeat(2, () => bench.TimesOut(second));

        Assert.That(bench.TimesOut(second), Is.EqualTo(new GuardAction[] { new GuardAction.Kill(second) }));
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Guard), "it held no lease, so the guard continues");
    }

    [Test]
    public void A_worker_that_hangs_while_it_returns_the_lease_is_killed_and_keeps_it_until_dead()
    {
        var bench = LeaseBench.Serving();
        bench.Fit(1, false);
        Repeat(2, () => bench.TimesOut(1));

        Assert.That(bench.TimesOut(1), Is.EqualTo(Killed));
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Worker));
    }

    [Test]
    public void A_worker_is_killed_once()
    {
        var bench = LeaseBench.Serving();
        Repeat(3, () => bench.TimesOut(1));

        Repeat(10, () => Assert.That(bench.TimesOut(1), Is.Empty));
    }

    [Test]
    public void Timeouts_of_an_unknown_worker_are_ignored()
    {
        var bench = LeaseBench.Serving();

        Repeat(5, () => Assert.That(bench.TimesOut(42), Is.Empty));
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }
}
