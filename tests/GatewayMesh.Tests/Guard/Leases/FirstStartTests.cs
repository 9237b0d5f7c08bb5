using GatewayMesh.Guard.Leases;

namespace GatewayMesh.Tests.Guard.Leases;

public sealed class FirstStartTests
{
    [Test]
    public void The_first_turn_starts_a_worker_and_holds_connections_for_it()
    {
        var bench = new LeaseBench();

        var actions = bench.Tick();

        Assert.That(actions, Is.EqualTo(new GuardAction[] { new GuardAction.StartWorker(1) }));
        Assert.That(bench.Acceptor, Is.EqualTo(Acceptor.Holding));
    }

    [Test]
    public void The_first_worker_is_granted_the_lease_the_moment_its_probe_passes()
    {
        var bench = new LeaseBench();
        bench.Tick();
        bench.Gateways(true);

        var actions = bench.Passes(1);

        Assert.That(actions, Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Worker), new GuardAction.Grant(1) }));
        Assert.That(bench.Machine.Workers[0].Phase, Is.EqualTo(WorkerPhase.Leased));
    }

    [Test]
    public void Unfit_first_worker_gets_the_lease_once_fit()
    {
        var bench = new LeaseBench();
        bench.Tick();
        bench.Fit(1, false);

        Assert.That(bench.Passes(1), Is.Empty);
        Assert.That(bench.Fit(1, true), Has.Member(new GuardAction.Grant(1)));
    }

    [Test]
    public void Worker_without_a_fitness_report_gets_no_lease()
    {
        var bench = new LeaseBench();
        bench.Tick();

        Assert.That(bench.On(new GuardEvent.ProbePassed(1)), Is.Empty);
        Assert.That(bench.On(new GuardEvent.WorkerFitness(1, true)), Has.Member(new GuardAction.Grant(1)));
    }

    [Test]
    public void Connections_are_held_for_two_seconds_and_refused_afterwards()
    {
        var bench = new LeaseBench();
        bench.Tick();

        Assert.That(bench.After(2), Is.Empty);
        Assert.That(bench.After(0.001), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Paused) }));
    }

    [Test]
    public void Connections_are_not_held_for_a_worker_that_has_crashed()
    {
        var bench = new LeaseBench();
        bench.Tick();

        Assert.That(bench.Ends(1), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Paused) }));
    }

    [Test]
    public void Known_gateway_carries_while_the_first_worker_starts()
    {
        var bench = new LeaseBench();
        bench.Tick();

        Assert.That(bench.Gateways(true), Is.EqualTo(new GuardAction[] { new GuardAction.Accept(Acceptor.Guard) }));
        Assert.That(bench.Passes(1), Has.Member(new GuardAction.Grant(1)));
    }

    [Test]
    public void Worker_not_ready_in_ten_seconds_is_retired_and_replaced()
    {
        var bench = new LeaseBench();
        bench.Tick();

        Assert.That(bench.After(10).OfType<GuardAction.Retire>(), Is.Empty);
        Assert.That(bench.After(0.001).OfType<GuardAction.Retire>().Select(retire => retire.Worker), Is.EqualTo(new[] { 1 }));
        Assert.That(bench.After(5), Is.Empty, "its end has not been seen: there is no second worker beside it");
        Assert.That(bench.Crash(1).Worker, Is.EqualTo(2));
    }

    [Test]
    public void Probe_of_a_retired_worker_earns_no_lease()
    {
        var bench = new LeaseBench();
        bench.Tick();
        bench.After(10.001);

        Assert.That(bench.Passes(1), Is.Empty);
        Assert.That(bench.Holder, Is.Null);
    }

    [Test]
    public void Start_time_limit_doubles_after_an_aborted_start()
    {
        var bench = new LeaseBench(jitter: 1);
        bench.Tick();
        var times = new List<double>();
        for (var worker = 1; worker <= 3; worker++)
        {
            var started = bench.Now;
            bench.Until<GuardAction.Retire>(100);
            times.Add(Math.Round((bench.Now - started).TotalSeconds));
            bench.Ends(worker);
            bench.Until<GuardAction.StartWorker>(10);
        }

        Assert.That(times, Is.EqualTo(new double[] { 10, 20, 40 }));
    }
}
