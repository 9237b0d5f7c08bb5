using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>Overload, error responses, self-fencing: the lease is returned and granted again, and no worker is killed.</summary>
public sealed class TrustTests
{
    private static readonly GuardAction[] AskedBack = [new GuardAction.Revoke(1)];
    private static readonly GuardAction[] GuardAccepts = [new GuardAction.Accept(Acceptor.Guard)];

    [Test]
    public void An_overloaded_worker_keeps_the_lease_for_a_while()
    {
        var bench = LeaseBench.Serving();

        for (var progress = 0; progress < 11; progress++)
        {
            Assert.That(bench.TimesOut(1, progress), Is.Empty);
            bench.After(0.25);
        }
    }

    [Test]
    public void Overloaded_worker_loses_the_lease_when_patience_ends_and_is_never_killed()
    {
        var bench = LeaseBench.Serving();
        var actions = new List<GuardAction>();
        for (var progress = 0; progress < 400; progress++)
        {
            actions.AddRange(bench.TimesOut(1, progress));
            actions.AddRange(bench.After(0.25));
        }

        Assert.That(actions, Is.EqualTo(AskedBack));
    }

    [Test]
    public void Passed_probe_restores_the_patience_for_an_overloaded_worker()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1, 1);
        bench.After(2.9);
        bench.Passes(1);
        bench.TimesOut(1, 2);

        Assert.That(bench.After(2.9), Is.Empty);
        Assert.That(bench.After(0.1), Is.EqualTo(AskedBack));
    }

    [Test]
    public void Late_timer_restores_the_patience_for_an_overloaded_worker()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1, 1);
        bench.After(2.9);
        bench.On(new GuardEvent.TimerLate());

        Assert.That(bench.After(2.9), Is.Empty);
    }

    [Test]
    public void Late_timer_does_not_count_as_a_passed_probe()
    {
        var bench = LeaseBench.Serving();
        Array.ForEach([1, 2, 3], _ => bench.AnswersBadly(1));
        bench.Returns(1);

        bench.On(new GuardEvent.TimerLate());

        Assert.That(bench.After(30), Is.Empty, "it has not answered well since");
        Assert.That(bench.Passes(1), Is.Empty);
        Assert.That(bench.Until<GuardAction.Grant>(30), Is.EqualTo(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void Three_error_responses_revoke_the_lease_without_a_kill()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.AnswersBadly(1), Is.Empty);
        Assert.That(bench.AnswersBadly(1), Is.Empty);
        Assert.That(bench.AnswersBadly(1), Is.EqualTo(AskedBack));
        Assert.That(bench.AnswersBadly(1), Is.Empty);
    }

    [Test]
    public void Lease_stays_granted_until_the_worker_returns_it()
    {
        var bench = LeaseBench.Serving();
        bench.Fit(1, false);

        Assert.That(bench.After(5), Is.Empty);
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Worker));
        Assert.That(bench.Returns(1), Is.EqualTo(GuardAccepts));
    }

    [Test]
    public void Unfit_worker_loses_the_lease()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.Fit(1, false), Is.EqualTo(AskedBack));
    }

    [Test]
    public void Worker_that_returned_the_lease_by_itself_is_trusted_after_two_seconds()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.Returns(1), Is.EqualTo(GuardAccepts));
        bench.Passes(1);
        Assert.That(bench.Until<GuardAction.Grant>(60), Is.EqualTo(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void Ready_time_of_an_unfit_worker_starts_when_it_is_fit_again()
    {
        var bench = LeaseBench.Serving();
        bench.Fit(1, false);
        bench.Returns(1);
        bench.After(30);

        Assert.That(bench.Fit(1, true), Is.Empty);
        Assert.That(bench.Until<GuardAction.Grant>(60), Is.EqualTo(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void Unfit_worker_gets_no_lease_even_without_a_gateway()
    {
        var bench = LeaseBench.Serving();
        bench.Gateways(false);
        bench.Fit(1, false);

        Assert.That(bench.Returns(1), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Paused) }));
        Assert.That(bench.After(30), Is.Empty);
        Assert.That(
            bench.Fit(1, true), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Worker), new GuardAction.Grant(1) }));
    }

    [Test]
    public void Returned_lease_does_not_bypass_the_ready_time_after_crashes()
    {
        var bench = LeaseBench.Serving();
        var worker = 1;
        for (var crash = 0; crash < 3; crash++)
        {
            (worker, _) = bench.Crash(worker);
            bench.Passes(worker);
            bench.Until<GuardAction.Grant>(120);
            Assert.That(bench.Holder, Is.EqualTo(worker));
            bench.After(1);
        }

        var crashes = bench.Machine.Workers.Count;
        bench.Returns(worker);

        Assert.That(crashes, Is.EqualTo(1));
        Assert.That(bench.Until<GuardAction.Grant>(120), Is.GreaterThan(TimeSpan.FromSeconds(3)));
    }

    [Test]
    public void Second_return_causes_no_action()
    {
        var bench = LeaseBench.Serving();
        bench.Returns(1);
        bench.After(1.9);
        bench.Returns(1);

        Assert.That(bench.After(0.1), Has.Member(new GuardAction.Grant(1)));
    }

    [Test]
    public void Gateway_changes_without_a_lease_open_and_close_the_listeners()
    {
        var bench = LeaseBench.Serving();
        bench.Fit(1, false);
        bench.Returns(1);

        Assert.That(bench.Gateways(false), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Paused) }));
        Assert.That(bench.Gateways(false), Is.Empty);
        Assert.That(bench.Gateways(true), Is.EqualTo(GuardAccepts));
    }

    [Test]
    public void Gateway_changes_while_a_worker_serves_change_nothing()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.Gateways(false), Is.Empty);
        Assert.That(bench.Gateways(true), Is.Empty);
    }
}
