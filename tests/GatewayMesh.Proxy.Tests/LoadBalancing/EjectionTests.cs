using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Outliers;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

public sealed class EjectionTests
{
    private static readonly TimeSpan Almost = TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1);

    [Test]
    public void Three_failures_in_a_row_eject_an_instance()
    {
        var fleet = new Fleet(2);
        var state = fleet.Set.All[0];
        Fleet.Fail(state, 2);
        Assert.That(state.IsEjected, Is.False);
        Fleet.Fail(state, 1);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(state.IsEjected, Is.True);
            Assert.That(state.EjectedFor, Is.EqualTo(TimeSpan.FromSeconds(10)));
            Assert.That(fleet.Ejected, Is.EqualTo(new[] { (state, EjectionCause.ConsecutiveFailures) }));
            Assert.That(state.InFlight, Is.Zero);
        }
    }

    [Test]
    public void A_success_resets_the_count()
    {
        var state = new Fleet(1).Set.All[0];
        Fleet.Fail(state, 2);
        state.Begin().End(EndpointOutcome.Success);
        Fleet.Fail(state, 2);
        Assert.That(state.IsEjected, Is.False);
    }

    [Test]
    public void A_cancelled_request_is_no_evidence()
    {
        var state = new Fleet(1).Set.All[0];
        Fleet.Fail(state, 2);
        state.Begin().End(EndpointOutcome.Cancelled);
        Assert.That(state.ConsecutiveFailures, Is.EqualTo(2));
    }

    [Test]
    public void After_its_time_an_instance_gets_one_trial_at_a_time_and_success_ends_the_ejection()
    {
        var fleet = new Fleet(1);
        var state = fleet.Set.All[0];
        Fleet.Fail(state, 3);
        fleet.Time.Advance(Almost);
        Assert.That(state.TryBegin(out _), Is.False);

        fleet.Time.Advance(TimeSpan.FromTicks(1));
        Assert.That(state.TryBegin(out var trial), Is.True);
        Assert.That(trial.IsTrial, Is.True);
        Assert.That(state.TryBegin(out _), Is.False);

        trial.End(EndpointOutcome.Success);
        Assert.That(state.IsEjected, Is.False);
        Assert.That(state.TryBegin(out var next), Is.True);
        Assert.That(next.IsTrial, Is.False);
    }

    [Test]
    public void A_trial_that_reports_success_ends_the_ejection_before_the_request_ends()
    {
        var fleet = new Fleet(1);
        var state = fleet.Set.All[0];
        Fleet.Fail(state, 3);
        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(state.TryBegin(out var trial), Is.True);
        trial.Report(EndpointOutcome.Success);
        Assert.That(state.TryBegin(out _), Is.True);
    }

    [Test]
    public void A_cancelled_trial_leaves_the_trial_to_the_next_request()
    {
        var fleet = new Fleet(1);
        var state = fleet.Set.All[0];
        Fleet.Fail(state, 3);
        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(state.TryBegin(out var trial), Is.True);
        trial.End(EndpointOutcome.Cancelled);
        Assert.That(state.TryBegin(out var second), Is.True);
        Assert.That(second.IsTrial, Is.True);
    }

    [Test]
    public void Consecutive_ejections_grow_up_to_the_maximum()
    {
        var fleet = new Fleet(1, ejection: model => model with { MaxTime = TimeSpan.FromSeconds(55) });
        var state = fleet.Set.All[0];
        Fleet.Fail(state, 3);
        var spans = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            spans.Add(state.EjectedFor.TotalSeconds);
            fleet.Time.Advance(state.EjectedFor);
            Assert.That(state.TryBegin(out var trial), Is.True);
            trial.End(EndpointOutcome.Failed);
        }

        Assert.That(spans, Is.EqualTo(new double[] { 10, 20, 30, 40, 50, 55, 55 }));
    }

    [Test]
    public void Requests_that_began_before_an_ejection_neither_end_nor_extend_it()
    {
        var fleet = new Fleet(1);
        var state = fleet.Set.All[0];
        var early = state.Begin();
        var late = state.Begin();
        Fleet.Fail(state, 3);
        early.End(EndpointOutcome.Success);
        late.End(EndpointOutcome.Failed);
        Assert.That(state.IsEjected, Is.True);
        Assert.That(state.EjectedFor, Is.EqualTo(TimeSpan.FromSeconds(10)));
    }

    [Test]
    public void A_failure_in_panic_does_not_extend_the_ejection_and_a_success_ends_it()
    {
        var fleet = new Fleet(1);
        var state = fleet.Set.All[0];
        Fleet.Fail(state, 3);
        Fleet.Fail(state, 5);
        Assert.That(state.Ejections, Is.EqualTo(1));
        state.Begin().End(EndpointOutcome.Success);
        Assert.That(state.IsEjected, Is.False);
    }

    [Test]
    public void Live_state_survives_a_reload_only_for_the_same_key()
    {
        var fleet = new Fleet(2);
        var before = fleet.Set.All;
        Fleet.Fail(before[0], 3);
        var after = fleet.Apply(Fleet.Model(0) with { Healthy = false }, Fleet.Model(1, port: 9000)).All;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(after[0], Is.SameAs(before[0]));
            Assert.That(after[0].IsEjected, Is.True);
            Assert.That(after[0].Model.Healthy, Is.False);
            Assert.That(after[1], Is.Not.SameAs(before[1]));
        }
    }
}
