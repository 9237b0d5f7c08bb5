using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>Killed only on all three conditions; each of these tests leaves one out.</summary>
public sealed class HungTests
{
    private static readonly GuardAction[] Killed = [new GuardAction.Kill(1)];

    [Test]
    public void Three_time_outs_at_the_same_progress_with_work_waiting_are_hung()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.EqualTo(Killed));
    }

    [Test]
    public void A_worker_that_waits_for_the_processor_is_starved_and_not_hung()
    {
        var bench = LeaseBench.Serving();

        Repeat(29, () => Assert.That(bench.TimesOut(1, starved: true), Is.Empty));
    }

    [Test]
    public void A_worker_that_never_moves_is_hung_on_a_busy_machine_too()
    {
        var bench = LeaseBench.Serving();
        Repeat(29, () => bench.TimesOut(1, starved: true));

        Assert.That(bench.TimesOut(1, starved: true), Is.EqualTo(Killed));
    }

    [Test]
    public void A_starved_worker_that_gets_time_again_and_does_not_move_is_hung()
    {
        var bench = LeaseBench.Serving();
        Repeat(3, () => bench.TimesOut(1, starved: true));

        Assert.That(bench.TimesOut(1), Is.EqualTo(Killed));
    }

    [Test]
    public void A_worker_that_still_accepts_is_given_the_time_in_which_its_pool_grows()
    {
        var bench = LeaseBench.Serving();
        Repeat(8, () => Assert.That(bench.TimesOut(1, accepts: true), Is.Empty));

        Assert.That(bench.TimesOut(1, progress: 8, accepts: true), Is.Empty, "a thread has come");
        Repeat(7, () => Assert.That(bench.TimesOut(1, progress: 8, accepts: true), Is.Empty));
    }

    [Test]
    public void A_worker_that_accepts_and_whose_pool_stays_empty_is_hung()
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
    public void Nobody_else_accepts_until_the_killed_holder_is_seen_dead()
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
    public void Progress_between_the_time_outs_is_no_hang()
    {
        var bench = LeaseBench.Serving();

        for (var progress = 1; progress < 20; progress++)
        {
            Assert.That(bench.TimesOut(1, progress), Is.Empty);
        }
    }

    [Test]
    public void Progress_before_the_last_time_out_begins_the_count_anew()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1, 1);
        bench.TimesOut(1, 1);
        bench.TimesOut(1, 2);

        Assert.That(bench.TimesOut(1, 2), Is.Empty);
        Assert.That(bench.TimesOut(1, 2), Is.EqualTo(Killed));
    }

    [Test]
    public void Standing_still_with_no_work_waiting_is_no_hang()
    {
        var bench = LeaseBench.Serving();

        Repeat(20, () => Assert.That(bench.TimesOut(1, workWaits: false), Is.Empty));
    }

    [Test]
    public void One_moment_without_waiting_work_begins_the_count_anew()
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
    public void A_late_timer_of_the_guard_begins_the_count_anew()
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
    public void A_passed_probe_begins_the_count_anew()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1);
        bench.TimesOut(1);
        bench.Passes(1);

        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.Empty);
    }

    [Test]
    public void A_bad_answer_is_a_sign_of_life()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1);
        bench.TimesOut(1);
        bench.AnswersBadly(1);

        Assert.That(bench.TimesOut(1), Is.Empty);
        Assert.That(bench.TimesOut(1), Is.Empty);
    }

    [Test]
    public void A_worker_that_starts_is_not_hung_but_slow_to_start()
    {
        var bench = new LeaseBench();
        bench.Tick();

        Repeat(10, () => Assert.That(bench.TimesOut(1), Is.Empty));
    }

    [Test]
    public void A_worker_that_waits_for_its_lease_can_hang_too()
    {
        var bench = LeaseBench.Serving();
        var (second, _) = bench.Crash(1);
        bench.Passes(second);
        Repeat(2, () => bench.TimesOut(second));

        Assert.That(bench.TimesOut(second), Is.EqualTo(new GuardAction[] { new GuardAction.Kill(second) }));
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Guard), "it held no lease, so the guard goes on");
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
    public void Time_outs_of_an_unknown_worker_are_nobody_s()
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
