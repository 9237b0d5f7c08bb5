using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Tests.Guard.Leases;

/// <summary>Overload, bad answers, self-fencing: the lease goes back and comes again, and nobody is killed.</summary>
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
    public void An_overloaded_worker_is_asked_for_the_lease_when_patience_ends_and_is_never_killed()
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
    public void A_passed_probe_gives_an_overloaded_worker_its_patience_back()
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
    public void A_late_timer_gives_an_overloaded_worker_its_patience_back()
    {
        var bench = LeaseBench.Serving();
        bench.TimesOut(1, 1);
        bench.After(2.9);
        bench.On(new GuardEvent.TimerLate());

        Assert.That(bench.After(2.9), Is.Empty);
    }

    [Test]
    public void A_late_timer_is_no_passed_probe()
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
    public void Three_bad_answers_cost_the_lease_and_not_the_life()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.AnswersBadly(1), Is.Empty);
        Assert.That(bench.AnswersBadly(1), Is.Empty);
        Assert.That(bench.AnswersBadly(1), Is.EqualTo(AskedBack));
        Assert.That(bench.AnswersBadly(1), Is.Empty);
    }

    [Test]
    public void The_lease_is_out_until_the_worker_has_returned_it()
    {
        var bench = LeaseBench.Serving();
        bench.Fit(1, false);

        Assert.That(bench.After(5), Is.Empty);
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Worker));
        Assert.That(bench.Returns(1), Is.EqualTo(GuardAccepts));
    }

    [Test]
    public void A_worker_that_says_it_is_unable_is_asked_for_the_lease()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.Fit(1, false), Is.EqualTo(AskedBack));
    }

    [Test]
    public void A_worker_that_returns_the_lease_by_itself_is_trusted_again_after_two_seconds()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.Returns(1), Is.EqualTo(GuardAccepts));
        bench.Passes(1);
        Assert.That(bench.Until<GuardAction.Grant>(60), Is.EqualTo(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void The_two_seconds_of_an_unable_worker_begin_when_it_is_able_again()
    {
        var bench = LeaseBench.Serving();
        bench.Fit(1, false);
        bench.Returns(1);
        bench.After(30);

        Assert.That(bench.Fit(1, true), Is.Empty);
        Assert.That(bench.Until<GuardAction.Grant>(60), Is.EqualTo(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void An_unable_worker_gets_no_lease_even_when_no_gateway_answers()
    {
        var bench = LeaseBench.Serving();
        bench.Gateways(false);
        bench.Fit(1, false);

        Assert.That(bench.Returns(1), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Paused) }));
        Assert.That(bench.After(30), Is.Empty);
        Assert.That(bench.Fit(1, true), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Worker), new GuardAction.Grant(1) }));
    }

    [Test]
    public void A_return_is_no_way_around_the_readiness_that_crashes_ask_for()
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
    public void A_second_return_says_nothing_new()
    {
        var bench = LeaseBench.Serving();
        bench.Returns(1);
        bench.After(1.9);
        bench.Returns(1);

        Assert.That(bench.After(0.1), Has.Member(new GuardAction.Grant(1)));
    }

    [Test]
    public void Gateways_that_come_and_go_while_nobody_holds_the_lease_open_and_close_the_listeners()
    {
        var bench = LeaseBench.Serving();
        bench.Fit(1, false);
        bench.Returns(1);

        Assert.That(bench.Gateways(false), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Paused) }));
        Assert.That(bench.Gateways(false), Is.Empty);
        Assert.That(bench.Gateways(true), Is.EqualTo(GuardAccepts));
    }

    [Test]
    public void Gateways_that_come_and_go_while_a_worker_serves_change_nothing()
    {
        var bench = LeaseBench.Serving();

        Assert.That(bench.Gateways(false), Is.Empty);
        Assert.That(bench.Gateways(true), Is.Empty);
    }
}
