using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>Adoption, drain, undo and stop.</summary>
public sealed class LifeTests
{
    private static readonly GuardAction[] GuardAccepts = [new GuardAction.Accept(Acceptor.Guard)];

    [Test]
    public void Adopted_serving_worker_keeps_serving()
    {
        var bench = new LeaseBench();

        Assert.That(
            bench.On(new GuardEvent.WorkerAdopted(4, Leased: true)),
            Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Worker) }));
        Assert.That(bench.After(30), Is.Empty);
        Assert.That(bench.Holder, Is.EqualTo(4));
    }

    [Test]
    public void An_adopted_worker_without_the_lease_gets_it_when_its_probe_passes()
    {
        var bench = new LeaseBench();

        Assert.That(bench.On(new GuardEvent.WorkerAdopted(4, Leased: false)), Is.Empty);
        Assert.That(bench.Passes(4), Has.Member(new GuardAction.Grant(4)));
    }

    [Test]
    public void Worker_after_an_adopted_worker_has_a_new_number()
    {
        var bench = new LeaseBench();
        bench.On(new GuardEvent.WorkerAdopted(4, Leased: true));

        Assert.That(bench.Crash(4).Worker, Is.EqualTo(5));
    }

    [Test]
    public void No_worker_is_adopted_next_to_an_own_worker()
    {
        var bench = LeaseBench.Serving();

        bench.On(new GuardEvent.WorkerAdopted(9, Leased: true));
        bench.On(new GuardEvent.WorkerAdopted(1, Leased: true));

        Assert.That(bench.Machine.Workers.Select(worker => worker.Number), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void A_worker_adopted_by_a_guard_that_stops_is_dismissed_and_waited_for()
    {
        var bench = new LeaseBench();
        bench.Drain();
        Assert.That(bench.On(new GuardEvent.WorkerAdopted(4, Leased: true)), Has.Member(new GuardAction.Drain(4, Leave: true)));

        bench.Stop();
        Assert.That(bench.Ends(4), Has.Member(new GuardAction.Exit()));
    }

    [Test]
    public void An_adopted_worker_can_be_upgraded()
    {
        var bench = new LeaseBench();
        bench.On(new GuardEvent.WorkerAdopted(4, Leased: true));
        bench.Upgrade();
        bench.Passes(5);

        Assert.That(bench.Returns(4), Has.Member(new GuardAction.Grant(5)));
    }

    [Test]
    public void Drained_worker_serves_until_it_reports_that_it_stopped_accepting()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.Drain(), Is.EqualTo(new GuardAction[] { new GuardAction.Drain(1, Leave: true) }));
        Assert.That(bench.After(2), Is.Empty);
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Worker));
        Assert.That(bench.Returns(1), Is.EqualTo(GuardAccepts));
    }

    [Test]
    public void Drained_node_carries_and_starts_no_worker()
    {
        var bench = LeaseBench.Serving();
        bench.Drain();
        bench.Returns(1);
        bench.Ends(1);

        Assert.That(bench.After(600), Is.Empty);
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Guard));
        Assert.That(bench.Machine.Drained, Is.True);
    }

    [Test]
    public void End_of_a_drained_worker_is_not_a_crash()
    {
        var bench = LeaseBench.Serving();
        bench.Drain();
        bench.Ends(1);
        bench.Undrain();

        Assert.That(bench.Passes(2), Has.Member(new GuardAction.Grant(2)));
    }

    [Test]
    public void Second_drain_causes_no_action()
    {
        var bench = LeaseBench.Serving();
        bench.Drain();

        Assert.That(bench.Drain(), Is.Empty);
    }

    [Test]
    public void Undone_drain_starts_a_worker_that_serves_after_the_old_one_returns_the_lease()
    {
        var bench = LeaseBench.Serving();
        bench.Drain();

        Assert.That(bench.Undrain(), Is.EqualTo(new GuardAction[] { new GuardAction.StartWorker(2) }));
        Assert.That(bench.Passes(2), Is.Empty, "the lease is still out");
        Assert.That(bench.Returns(1), Is.EqualTo(new GuardAction[] { new GuardAction.Grant(2) }));
    }

    [Test]
    public void Undo_without_a_drain_does_not_shorten_a_backoff()
    {
        var bench = LeaseBench.Serving();
        bench.Ends(1);

        Assert.That(bench.Undrain(), Is.Empty);
    }

    [Test]
    public void Drained_worker_that_does_not_exit_is_retired()
    {
        var bench = LeaseBench.Serving();
        bench.Drain();
        bench.Returns(1);

        Assert.That(bench.After(42), Is.Empty);
        Assert.That(bench.After(0.001).OfType<GuardAction.Retire>().Select(retire => retire.Worker), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Drained_worker_that_never_returns_the_lease_is_retired_and_keeps_it_until_dead()
    {
        var bench = LeaseBench.Serving();
        bench.Drain();

        Assert.That(bench.After(42.001).OfType<GuardAction.Retire>(), Is.Not.Empty);
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Worker));
        Assert.That(bench.Ends(1), Is.EqualTo(GuardAccepts));
    }

    [Test]
    public void A_stop_waits_for_the_worker_and_closes_the_listeners_last()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.Stop(), Is.EqualTo(new GuardAction[] { new GuardAction.Drain(1, Leave: true) }));
        Assert.That(bench.Returns(1), Is.EqualTo(GuardAccepts), "still carried while requests end");
        Assert.That(bench.After(20), Is.Empty);
        Assert.That(bench.Ends(1), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Closed), new GuardAction.Exit() }));
    }

    [Test]
    public void A_stop_with_a_stubborn_worker_retires_it_and_ends()
    {
        var bench = LeaseBench.Serving();
        bench.Stop();

        Assert.That(bench.After(42.001).OfType<GuardAction.Retire>(), Is.Not.Empty);
        Assert.That(bench.Ends(1), Has.Member(new GuardAction.Exit()));
    }

    [Test]
    public void A_stop_does_not_wait_ten_minutes_for_the_old_worker_of_an_upgrade()
    {
        var bench = LeaseBench.Serving();
        bench.Upgrade();
        bench.Passes(2);
        bench.Returns(1);

        Assert.That(
            bench.Stop(), Is.EqualTo(new GuardAction[] { new GuardAction.Drain(1, Leave: true), new GuardAction.Drain(2, Leave: true) }));
        Assert.That(bench.After(42.001).OfType<GuardAction.Retire>().Select(retire => retire.Worker), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void A_stop_of_a_drained_node_ends_at_once()
    {
        var bench = LeaseBench.Serving();
        bench.Drain();
        bench.Ends(1);

        Assert.That(bench.Stop(), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Closed), new GuardAction.Exit() }));
    }

    [Test]
    public void A_stop_during_a_backoff_ends_at_once()
    {
        var bench = LeaseBench.Serving();
        bench.Ends(1);

        Assert.That(bench.Stop(), Has.Member(new GuardAction.Exit()));
    }

    [Test]
    public void A_stop_cannot_be_undone()
    {
        var bench = LeaseBench.Serving();
        bench.Stop();

        Assert.That(bench.Undrain(), Is.Empty);
        Assert.That(bench.Ends(1), Has.Member(new GuardAction.Exit()));
    }

    [Test]
    public void No_action_follows_after_the_end()
    {
        var bench = LeaseBench.Serving();
        bench.Stop();
        bench.Ends(1);

        Assert.That(bench.Upgrade(), Is.Empty);
        Assert.That(bench.Gateways(false), Is.Empty);
        Assert.That(bench.After(100), Is.Empty);
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Closed));
    }

    [Test]
    public void A_hung_worker_that_drains_holding_the_lease_is_killed_like_any_other()
    {
        var bench = LeaseBench.Serving();
        bench.Drain();
        bench.TimesOut(1);
        bench.TimesOut(1);

        Assert.That(bench.TimesOut(1), Is.EqualTo(new GuardAction[] { new GuardAction.Kill(1) }));
    }

    [Test]
    public void Draining_worker_is_not_killed_for_failed_probes()
    {
        var bench = LeaseBench.Serving();
        bench.Drain();
        bench.Returns(1);

        for (var i = 0; i < 10; i++)
        {
            Assert.That(bench.TimesOut(1), Is.Empty);
        }
    }
}
