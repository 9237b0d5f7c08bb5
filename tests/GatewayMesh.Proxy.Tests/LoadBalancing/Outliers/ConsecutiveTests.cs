using GatewayMesh.Configuration.Policies.Ejection;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Outliers;

namespace GatewayMesh.Proxy.Tests.LoadBalancing.Outliers;

/// <summary>Ejection for consecutive failures, and the return.</summary>
public sealed class ConsecutiveTests
{
    private static readonly EjectionModel Off = new() { ConsecutiveFailures = 0, Consecutive5xx = 0, MaxEjectedPercent = 1 };

    [TestCase(EndpointOutcome.ServerError)]
    [TestCase(EndpointOutcome.GatewayError)]
    public void Consecutive5xx_counts_every_server_error(EndpointOutcome outcome) =>
        AssertEjectsAtFour(Off with { Consecutive5xx = 4 }, outcome, EjectionCause.Consecutive5xx);

    [Test]
    public void ConsecutiveGatewayFailures_counts_502_503_and_504() =>
        AssertEjectsAtFour(
            Off with { ConsecutiveGatewayFailures = 4 }, EndpointOutcome.GatewayError, EjectionCause.ConsecutiveGatewayFailures);

    [TestCase(EndpointOutcome.ConnectFailed)]
    [TestCase(EndpointOutcome.Failed)]
    public void ConsecutiveFailures_counts_missing_responses(EndpointOutcome outcome) =>
        AssertEjectsAtFour(Off with { ConsecutiveFailures = 4 }, outcome, EjectionCause.ConsecutiveFailures);

    [Test]
    public void An_outcome_that_a_threshold_does_not_count_resets_its_count()
    {
        var fleet = new Fleet(2, ejection: _ => Off with { ConsecutiveFailures = 3, ConsecutiveGatewayFailures = 3 });
        Fleet.Fail(fleet[0], 2);
        Fleet.Fail(fleet[0], 2, EndpointOutcome.GatewayError);
        Fleet.Fail(fleet[0], 1, EndpointOutcome.ServerError);
        Fleet.Fail(fleet[0], 2);
        Fleet.Fail(fleet[0], 2, EndpointOutcome.GatewayError);
        Assert.That(fleet[0].IsEjected, Is.False);
    }

    [Test]
    public void An_attempt_without_a_response_is_no_evidence_about_responses()
    {
        var fleet = new Fleet(2, ejection: _ => Off with { Consecutive5xx = 3 });
        Fleet.Fail(fleet[0], 2, EndpointOutcome.ServerError);
        Fleet.Fail(fleet[0], 10);
        Assert.That(fleet[0].IsEjected, Is.False);
        Fleet.Fail(fleet[0], 1, EndpointOutcome.ServerError);
        Assert.That(fleet[0].IsEjected, Is.True);
    }

    [Test]
    public void A_call_without_a_status_yet_shows_only_that_the_instance_is_alive()
    {
        var fleet = new Fleet(2, ejection: _ => Off with { ConsecutiveFailures = 3, Consecutive5xx = 3 });
        for (var i = 0; i < 3; i++)
        {
            var lease = fleet[0].Begin();
            lease.Report(EndpointOutcome.Alive);
            lease.End(EndpointOutcome.ServerError);
        }

        Assert.That(fleet.Ejected.Select(one => one.Cause), Is.EqualTo(new[] { EjectionCause.Consecutive5xx }));
    }

    [Test]
    public void The_only_instance_is_not_ejected_for_its_responses()
    {
        var fleet = new Fleet(1, ejection: _ => Off with { Consecutive5xx = 3, ConsecutiveFailures = 3 });
        Fleet.Fail(fleet[0], 30, EndpointOutcome.ServerError);
        Assert.That(fleet[0].IsEjected, Is.False, "there is no other");
        Assert.That(fleet.Set.IsReachable(fleet.Time.GetTimestamp()), Is.True);
        Fleet.Fail(fleet[0], 3, EndpointOutcome.Failed);
        Assert.That(fleet[0].IsEjected, Is.True, "an unresponsive instance is ejected: failover or bypass apply at once");
        Assert.That(fleet.Set.IsReachable(fleet.Time.GetTimestamp()), Is.False);
    }

    [Test]
    public void By_default_five_server_errors_in_a_row_eject_and_gateway_failures_have_no_count_of_their_own()
    {
        var model = EjectionModel.Default;
        Assert.That((model.ConsecutiveFailures, model.ConsecutiveGatewayFailures, model.Consecutive5xx), Is.EqualTo((3, 0, 5)));
    }

    [Test]
    public void A_poisonous_caller_ejects_no_more_than_the_share()
    {
        var fleet = new Fleet(10, ejection: _ => EjectionModel.Default);
        foreach (var state in fleet.Set.All)
        {
            Fleet.Fail(state, 50, EndpointOutcome.ServerError);
        }

        Assert.That(fleet.Set.All.Count(state => state.IsEjected), Is.EqualTo(1));
    }

    [TestCase(EjectionCause.ConsecutiveFailures, EndpointOutcome.ServerError, true)]
    [TestCase(EjectionCause.ConsecutiveFailures, EndpointOutcome.GatewayError, true)]
    [TestCase(EjectionCause.ConsecutiveGatewayFailures, EndpointOutcome.ServerError, true)]
    [TestCase(EjectionCause.ConsecutiveGatewayFailures, EndpointOutcome.GatewayError, false)]
    [TestCase(EjectionCause.Consecutive5xx, EndpointOutcome.ServerError, false)]
    [TestCase(EjectionCause.SuccessRate, EndpointOutcome.ServerError, false)]
    [TestCase(EjectionCause.FailurePercentage, EndpointOutcome.GatewayError, false)]
    [TestCase(EjectionCause.Latency, EndpointOutcome.ServerError, true)]
    [TestCase(EjectionCause.Latency, EndpointOutcome.Failed, false)]
    [TestCase(EjectionCause.Consecutive5xx, EndpointOutcome.Success, true)]
    public void A_trial_that_shows_the_cause_is_gone_ends_the_ejection(EjectionCause cause, EndpointOutcome outcome, bool back)
    {
        var fleet = new Fleet(2, ejection: _ => Off);
        _ = fleet[0].Eject(cause);
        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(fleet[0].TryBegin(out var trial), Is.True);
        trial.End(outcome);
        Assert.That((fleet[0].IsEjected, fleet[0].EjectionCause), Is.EqualTo((!back, back ? EjectionCause.None : cause)));
    }

    [Test]
    public void Ejection_time_grows_with_earlier_ejections_and_each_quiet_interval_forgets_one()
    {
        var fleet = new Fleet(
            1,
            ejection: model => model with { ConsecutiveFailures = 1, Time = TimeSpan.FromSeconds(3), Interval = TimeSpan.FromSeconds(10) });
        Assert.That(EjectAndReturn(fleet), Is.EqualTo(3));
        Assert.That(EjectAndReturn(fleet), Is.EqualTo(6), "the second");
        Assert.That(EjectAndReturn(fleet), Is.EqualTo(9), "the third");
        for (var i = 0; i < 2; i++)
        {
            fleet.Time.Advance(TimeSpan.FromSeconds(10));
            fleet.Registry.Tick();
        }

        Assert.That(EjectAndReturn(fleet), Is.EqualTo(6), "two of three are forgotten");
    }

    [Test]
    public void An_ejection_never_exceeds_maxTime()
    {
        var fleet = new Fleet(
            1,
            ejection: model => model with { ConsecutiveFailures = 1, Time = TimeSpan.FromSeconds(30), MaxTime = TimeSpan.FromSeconds(50) });
        Assert.That(new[] { EjectAndReturn(fleet), EjectAndReturn(fleet), EjectAndReturn(fleet) }, Is.EqualTo(new double[] { 30, 50, 50 }));
    }

    private static double EjectAndReturn(Fleet fleet)
    {
        Fleet.Fail(fleet[0], 1);
        var time = fleet[0].EjectedFor;
        fleet.Time.Advance(time);
        _ = fleet[0].TryBegin(out var trial);
        trial.End(EndpointOutcome.Success);
        return time.TotalSeconds;
    }

    private static void AssertEjectsAtFour(EjectionModel model, EndpointOutcome outcome, EjectionCause cause)
    {
        var fleet = new Fleet(2, ejection: _ => model);
        Fleet.Fail(fleet[0], 3, outcome);
        Assert.That(fleet[0].IsEjected, Is.False);
        Fleet.Fail(fleet[0], 1, outcome);
        Assert.That(fleet.Ejected, Is.EqualTo(new[] { (fleet[0], cause) }));
    }
}
