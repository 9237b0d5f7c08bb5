using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Tests.Guard.Leases;

public sealed class CrashTests
{
    [Test]
    public void Guard_accepts_at_once_when_the_leased_worker_dies()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.Ends(1), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Guard) }));
        Assert.That(bench.Holder, Is.Null);
    }

    [Test]
    public void Listeners_pause_when_the_leased_worker_dies_without_a_gateway()
    {
        var bench = LeaseBench.Serving();
        bench.Gateways(false);

        Assert.That(bench.Ends(1), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Paused) }));
    }

    [Test]
    public void The_wait_before_a_restart_doubles_with_each_crash_up_to_five_seconds()
    {
        var bench = LeaseBench.Serving(jitter: 1);
        var waits = new List<double>();
        var worker = 1;
        for (var i = 0; i < 9; i++)
        {
            (worker, var backoff) = bench.Crash(worker);
            waits.Add(backoff.TotalMilliseconds);
        }

        Assert.That(waits, Is.EqualTo(new double[] { 50, 100, 200, 400, 800, 1600, 3200, 5000, 5000 }));
    }

    [Test]
    public void Jitter_makes_the_wait_at_most_a_quarter_shorter()
    {
        var bench = LeaseBench.Serving(jitter: 0);

        Assert.That(bench.Crash(1).Backoff.TotalMilliseconds, Is.EqualTo(37.5));
    }

    [Test]
    public void Crash_after_a_quiet_minute_counts_as_the_first()
    {
        var bench = LeaseBench.Serving(jitter: 1);
        var (second, _) = bench.Crash(1);
        bench.After(60.1);

        Assert.That(bench.Crash(second).Backoff.TotalMilliseconds, Is.EqualTo(50));
    }

    [Test]
    public void After_a_crash_the_next_worker_serves_after_two_ready_seconds()
    {
        var bench = LeaseBench.Serving();
        var (second, _) = bench.Crash(1);

        Assert.That(bench.Passes(second), Is.Empty);
        Assert.That(bench.Until<GuardAction.Grant>(60), Is.EqualTo(TimeSpan.FromSeconds(2)));
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Worker));
    }

    [Test]
    public void Required_ready_time_doubles_with_each_crash_up_to_a_minute()
    {
        var bench = LeaseBench.Serving(jitter: 1);
        var history = new CrashHistory(new LeaseSettings { CrashMemory = TimeSpan.FromMinutes(10) }, new FixedRandom(1));
        var wanted = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            history.Crashed(TimeSpan.FromSeconds(11 * i));
            wanted.Add(history.ReadinessWanted(TimeSpan.FromSeconds(11 * i)).TotalSeconds);
        }

        Assert.That(wanted, Is.EqualTo(new[] { 2.2, 4.4, 8.8, 17.6, 35.2, 60, 60, 60 }).Within(1e-6), "jitter included");
        Assert.That(new CrashHistory(new LeaseSettings(), new FixedRandom(1)).ReadinessWanted(bench.Now), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Without_a_gateway_there_is_no_hysteresis()
    {
        var bench = LeaseBench.Serving();
        bench.Gateways(false);
        var (second, _) = bench.Crash(1);

        Assert.That(bench.Passes(second), Has.Member(new GuardAction.Grant(second)));
    }

    [Test]
    public void Hysteresis_ends_when_the_last_gateway_goes_silent()
    {
        var bench = LeaseBench.Serving();
        var (second, _) = bench.Crash(1);
        bench.Passes(second);

        Assert.That(
            bench.Gateways(false),
            Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Worker), new GuardAction.Grant(second) }));
    }

    [Test]
    public void Failed_probe_restarts_the_ready_time()
    {
        var bench = LeaseBench.Serving();
        var (second, _) = bench.Crash(1);
        bench.Passes(second);
        bench.After(1.9);
        bench.TimesOut(second);
        bench.Passes(second);

        Assert.That(bench.Until<GuardAction.Grant>(60), Is.EqualTo(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void A_worker_whose_last_probe_failed_is_not_granted_the_lease()
    {
        var bench = LeaseBench.Serving();
        var (second, _) = bench.Crash(1);
        bench.Passes(second);
        bench.After(1.9);
        bench.AnswersBadly(second);

        Assert.That(bench.After(0.2), Is.Empty);
        Assert.That(bench.Gateways(false), Has.No.Member(new GuardAction.Grant(second)));
    }

    [Test]
    public void After_two_crashes_within_ten_seconds_leases_are_thirty_seconds_apart()
    {
        var bench = LeaseBench.Serving();
        var (second, _) = bench.Crash(1);
        bench.Passes(second);
        bench.Until<GuardAction.Grant>(60);
        var lease = bench.Now;
        bench.After(1);
        var (third, _) = bench.Crash(second);
        bench.Passes(third);

        bench.Until<GuardAction.Grant>(120);

        Assert.That(bench.Holder, Is.EqualTo(third));
        Assert.That(bench.Now - lease, Is.EqualTo(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public void Crash_loop_loses_no_connections_without_a_gateway()
    {
        var bench = LeaseBench.Serving();
        bench.Gateways(false);
        var (second, _) = bench.Crash(1);
        bench.Passes(second);
        var lease = bench.Now;
        var (third, _) = bench.Crash(second);

        bench.Passes(third);
        bench.Until<GuardAction.Grant>(120);

        Assert.That(bench.Now - lease, Is.EqualTo(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public void Crashes_eleven_seconds_apart_are_not_a_loop()
    {
        var bench = LeaseBench.Serving();
        var (second, _) = bench.Crash(1);
        bench.Passes(second);
        bench.Until<GuardAction.Grant>(60);
        bench.After(11);
        var (third, _) = bench.Crash(second);
        bench.Passes(third);

        Assert.That(bench.Until<GuardAction.Grant>(60), Is.EqualTo(TimeSpan.FromSeconds(4)));
    }

    [Test]
    public void Crash_loop_is_forgotten_a_minute_after_the_last_crash()
    {
        var settings = new LeaseSettings();
        var history = new CrashHistory(settings, new FixedRandom(0));
        history.Crashed(TimeSpan.FromSeconds(1));
        history.Crashed(TimeSpan.FromSeconds(2));
        history.Leased(TimeSpan.FromSeconds(50));

        Assert.That(history.LoopForbidsLease(TimeSpan.FromSeconds(62)), Is.True);
        Assert.That(history.LoopForbidsLease(TimeSpan.FromSeconds(62.001)), Is.False);
    }

    [Test]
    public void The_end_of_an_unknown_worker_changes_nothing()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.Ends(99), Is.Empty);
        Assert.That(bench.Holder, Is.EqualTo(1));
    }
}
