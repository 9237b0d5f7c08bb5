using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Tests.Guard.Leases;

public sealed class UpgradeTests
{
    [Test]
    public void Upgrade_starts_a_second_worker_and_keeps_the_lease()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.Upgrade(), Is.EqualTo(new GuardAction[] { new GuardAction.StartWorker(2) }));
        Assert.That(bench.Holder, Is.EqualTo(1));
        Assert.That(bench.Machine.Upgrading, Is.True);
        Assert.That(bench.After(5), Is.Empty);
    }

    [Test]
    public void Old_worker_loses_the_lease_when_the_new_worker_is_ready()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();

        Assert.That(bench.Proves(2), Is.EqualTo(new GuardAction[] { new GuardAction.Revoke(1) }));
    }

    [Test]
    public void Crash_of_the_new_worker_after_two_ready_seconds_does_not_affect_the_old_one()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();
        bench.Passes(2);

        Assert.That(bench.After(2), Is.Empty);
        Assert.That(
            bench.On(new GuardEvent.WorkerEnded(2, "exit code 9")),
            Is.EqualTo(
                new GuardAction[] { new GuardAction.UpgradeEnded(false, "the new worker ended before serving (exit code 9); the old one "
                    + "keeps serving") }));
        Assert.That(bench.Holder, Is.EqualTo(1));
    }

    [Test]
    public void Starved_new_worker_gets_more_time()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();
        for (var second = 0; second < 30; second++)
        {
            bench.After(1);
            Assert.That(bench.TimesOut(2, starved: true), Is.Empty);
        }

        Assert.That(bench.Proves(2), Has.Member(new GuardAction.Revoke(1)));
    }

    [Test]
    public void Draining_worker_of_an_earlier_guard_is_adopted_without_a_lease()
    {
        var bench = new LeaseBench();
        bench.On(new GuardEvent.WorkerAdopted(2, Leased: true));
        bench.On(new GuardEvent.WorkerAdopted(1, Leased: false, Drains: true));

        Assert.That(bench.Machine.Workers, Has.Count.EqualTo(2));
        Assert.That(bench.Holder, Is.EqualTo(2));
        Assert.That(bench.After(611).OfType<GuardAction.Retire>().Select(retire => retire.Worker), Is.EqualTo(new[] { 1 }));
        Assert.That(bench.Ends(1), Is.Empty, "no crash");
    }

    [Test]
    public void The_new_worker_has_the_lease_in_the_step_in_which_the_old_one_returns_it()
    {
        var bench = Handing();

        var actions = bench.Returns(1);

        Assert.That(
            actions,
            Is.EqualTo(
                new GuardAction[]
                {
                    new GuardAction.Drain(1, Leave: false),
                    new GuardAction.Grant(2),
                    new GuardAction.UpgradeEnded(true, "the new worker serves"),
                }));
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Worker));
        Assert.That(bench.Holder, Is.EqualTo(2));
    }

    [Test]
    public void End_of_the_old_worker_is_not_a_crash()
    {
        var bench = Handing();
        bench.Returns(1);

        Assert.That(bench.Ends(1), Is.Empty);
        bench.Returns(2);
        Assert.That(bench.Machine.Workers, Has.Count.EqualTo(1));
    }

    [Test]
    public void The_old_worker_has_ten_minutes_for_its_streams_and_is_then_retired()
    {
        var bench = Handing();
        bench.Returns(1);

        Assert.That(bench.After(610), Is.Empty);
        Assert.That(bench.After(0.001).OfType<GuardAction.Retire>().Select(retire => retire.Worker), Is.EqualTo(new[] { 1 }));
        Assert.That(bench.After(10_000), Is.Empty, "once");
    }

    [Test]
    public void New_worker_not_ready_in_time_is_retired_and_the_old_one_keeps_serving()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();
        bench.After(10);

        Assert.That(bench.After(0.001).OfType<GuardAction.Retire>().Select(retire => retire.Worker), Is.EqualTo(new[] { 2 }));
        Assert.That(bench.Ends(2), Has.One.InstanceOf<GuardAction.UpgradeEnded>().With.Property("Well").False);
        Assert.That(bench.Holder, Is.EqualTo(1));
        Assert.That(bench.Machine.Workers, Has.Count.EqualTo(1));
    }

    [Test]
    public void New_worker_that_is_never_fit_is_retired()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();
        bench.Fit(2, false);
        bench.Passes(2);

        Assert.That(bench.After(13.001).OfType<GuardAction.Retire>().Select(retire => retire.Worker), Is.EqualTo(new[] { 2 }));
        bench.Ends(2);
        Assert.That(bench.Machine.Upgrading, Is.False);
        Assert.That(bench.Holder, Is.EqualTo(1));
    }

    [Test]
    public void Death_of_the_new_worker_ends_the_upgrade_without_a_restart()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();

        Assert.That(
            bench.Ends(2),
            Is.EqualTo(
                new GuardAction[] { new GuardAction.UpgradeEnded(false, "the new worker ended before serving; the old one keeps "
                    + "serving") }));
        Assert.That(bench.After(60), Is.Empty);
        Assert.That(bench.Holder, Is.EqualTo(1));
    }

    [Test]
    public void Old_worker_gets_the_lease_back_when_the_new_one_dies_in_the_handover()
    {
        var bench = Handing();
        bench.Ends(2);

        Assert.That(bench.Returns(1), Is.EqualTo(new GuardAction[] { new GuardAction.Grant(1) }));
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Worker));
    }

    [Test]
    public void Old_worker_gets_the_lease_back_when_the_new_one_becomes_unfit_in_the_handover()
    {
        var bench = Handing();
        bench.Fit(2, false);

        Assert.That(bench.Returns(1), Is.EqualTo(new GuardAction[] { new GuardAction.Grant(1) }));
    }

    [Test]
    public void Old_worker_that_fences_itself_during_an_upgrade_is_not_ended()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();

        Assert.That(bench.Returns(1), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Guard) }));
        bench.Ends(2);
        Assert.That(bench.Until<GuardAction.Grant>(10), Is.Not.Null);
        Assert.That(bench.Holder, Is.EqualTo(1));
    }

    [Test]
    public void When_the_old_worker_dies_during_the_upgrade_the_new_one_is_granted_as_soon_as_it_is_ready()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();

        Assert.That(bench.Ends(1), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Guard) }));
        Assert.That(bench.After(5), Is.Empty, "the new worker is the next one: no third");
        Assert.That(
            bench.Passes(2),
            Is.EqualTo(
                new GuardAction[]
                {
                    new GuardAction.Accept(Acceptor.Worker),
                    new GuardAction.Grant(2),
                    new GuardAction.UpgradeEnded(true, "the new worker serves"),
                }));
    }

    [Test]
    public void When_both_workers_die_during_the_upgrade_another_is_started()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();
        bench.Ends(1);
        bench.Ends(2);

        Assert.That(
            bench.After(1).Concat(bench.Machine.Workers.Select(worker => new GuardAction.StartWorker(worker.Number))),
            Has.Member(new GuardAction.StartWorker(3)));
    }

    [Test]
    public void Second_upgrade_is_refused_while_the_first_is_running()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();

        Assert.That(
            bench.Upgrade(), Is.EqualTo(new GuardAction[] { new GuardAction.UpgradeEnded(false, "an upgrade is already running") }));
        Assert.That(bench.Machine.Upgrading, Is.True);
        Assert.That(bench.Proves(2), Has.Member(new GuardAction.Revoke(1)));
    }

    [Test]
    public void A_second_upgrade_is_refused_while_the_old_worker_of_the_first_still_drains()
    {
        var bench = Handing();
        bench.Returns(1);

        Assert.That(
            bench.Upgrade(), Is.EqualTo(new GuardAction[] { new GuardAction.UpgradeEnded(false, "an old worker is still draining") }));
        bench.Ends(1);
        Assert.That(bench.Upgrade(), Is.EqualTo(new GuardAction[] { new GuardAction.StartWorker(3) }));
    }

    [Test]
    public void An_upgrade_of_a_drained_node_is_refused()
    {
        var bench = LeaseBench.Serving();
        bench.Drain();

        Assert.That(bench.Upgrade(), Is.EqualTo(new GuardAction[] { new GuardAction.UpgradeEnded(false, "the node is drained") }));
    }

    [Test]
    public void Upgrade_is_refused_while_a_drained_worker_is_still_running()
    {
        var bench = LeaseBench.Serving();
        bench.Drain();
        bench.Undrain();

        Assert.That(
            bench.Upgrade(), Is.EqualTo(new GuardAction[] { new GuardAction.UpgradeEnded(false, "an old worker is still draining") }));
        Assert.That(bench.Machine.Workers, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_drain_ends_the_upgrade_and_dismisses_both_workers()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();

        Assert.That(
            bench.Drain(),
            Is.EqualTo(
                new GuardAction[]
                {
                    new GuardAction.UpgradeEnded(false, "the node is draining"),
                    new GuardAction.Drain(1, true),
                    new GuardAction.Drain(2, true),
                }));
    }

    [Test]
    public void Upgrade_in_a_crash_loop_need_not_wait()
    {
        var bench = LeaseBench.Serving();
        var (second, _) = bench.Crash(1);
        var (third, _) = bench.Crash(second);
        bench.Upgrade();

        Assert.That(bench.Passes(third + 1), Has.Member(new GuardAction.Grant(third + 1)));
    }

    [Test]
    public void The_new_worker_is_not_granted_while_its_last_probe_failed()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();
        bench.Proves(2);
        bench.TimesOut(2);

        Assert.That(bench.Returns(1).OfType<GuardAction.Grant>().Select(grant => grant.Worker), Is.EqualTo(new[] { 1 }));
    }

    private static LeaseBench Handing()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();
        bench.Proves(2);
        return bench;
    }
}
