using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Tests.LoadBalancing;

public sealed class EndpointPickerTests
{
    [Test]
    public void An_empty_service_has_no_instance_to_select()
    {
        var fleet = new Fleet(0);
        var tried = default(TriedEndpoints);
        Assert.That(fleet.Picker.TryPick(fleet.Set, ref tried, out _), Is.False);
    }

    [Test]
    public void The_less_loaded_of_two_instances_is_selected_so_that_load_stays_even()
    {
        var fleet = new Fleet(2);
        for (var i = 0; i < 100; i++)
        {
            fleet.Pick();
        }

        Assert.That(fleet.Set.All.Select(state => state.InFlight), Is.All.EqualTo(50));
    }

    [Test]
    public void All_idle_instances_get_their_share()
    {
        var fleet = new Fleet(5);
        var picks = Enumerable.Range(0, 5000).Select(_ => End(fleet.Pick())).CountBy(id => id).ToDictionary();
        Assert.That(picks, Has.Count.EqualTo(5));
        Assert.That(picks.Values, Is.All.InRange(800, 1200)); // seeded: deterministic
    }

    [Test]
    public void Unhealthy_instances_get_no_request_while_healthy_ones_remain()
    {
        var fleet = new Fleet(4, unhealthy: 2);
        Assert.That(Enumerable.Range(0, 50).Select(_ => End(fleet.Pick())).Distinct(), Is.EquivalentTo(new[] { "web-2", "web-3" }));
    }

    [Test]
    public void When_none_is_healthy_all_are_used()
    {
        var fleet = new Fleet(3, unhealthy: 3);
        Assert.That(Enumerable.Range(0, 200).Select(_ => End(fleet.Pick())).Distinct().Count(), Is.EqualTo(3));
    }

    [Test]
    public void When_all_are_ejected_all_are_used()
    {
        var fleet = new Fleet(3);
        foreach (var state in fleet.Set.All)
        {
            Fleet.Fail(state, 3);
        }

        var picks = Enumerable.Range(0, 200).Select(_ => fleet.Pick()).ToList();
        Assert.That(picks.Select(lease => lease.State).Distinct().Count(), Is.EqualTo(3));
    }

    [Test]
    public void A_request_tries_each_instance_once_before_repeating_one()
    {
        var fleet = new Fleet(4, unhealthy: 1);
        Fleet.Fail(fleet.Set.All[1], 3);
        var tried = default(TriedEndpoints);
        var order = Enumerable.Range(0, 5).Select(_ => End(fleet.Pick(ref tried))).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(order.Take(2), Is.EquivalentTo(new[] { "web-2", "web-3" }), "usable ones first");
            Assert.That(order[2], Is.EqualTo("web-1"), "then the ejected one");
            Assert.That(order[3], Is.EqualTo("web-0"), "then the unhealthy one");
            Assert.That(order[4], Is.Not.Null, "then any");
        }
    }

    [Test]
    public void An_instance_after_its_ejection_gets_one_request_of_many()
    {
        var fleet = new Fleet(2);
        Fleet.Fail(fleet.Set.All[0], 3);
        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        var leases = Enumerable.Range(0, 50).Select(_ => fleet.Pick()).ToList();
        Assert.That(leases.Count(lease => lease.State == fleet.Set.All[0]), Is.EqualTo(1));
        Assert.That(leases.Single(lease => lease.State == fleet.Set.All[0]).IsTrial, Is.True);
    }

    [Test]
    public void In_any_state_an_instance_is_selected_with_at_most_one_trial_and_no_ejected_one_while_another_is_usable() =>
        Prop.ForAll<int, int, List<byte>>((size, unhealthy, steps) =>
        {
            var count = 1 + (Math.Abs(size % 5));
            var fleet = new Fleet(count, Math.Abs(unhealthy % (count + 1)), model => model with { PanicThreshold = 0 });
            var open = new List<EndpointLease>();
            return steps.All(step => Step(fleet, open, step));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Selection_allocates_nothing()
    {
        var fleet = new Fleet(8);
        End(fleet.Pick());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            var tried = default(TriedEndpoints);
            fleet.Picker.TryPick(fleet.Set, ref tried, out var lease);
            lease.End(EndpointOutcome.Success);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000)); // the runtime's own, once; no byte per call
    }

    [Test]
    public void Threads_that_race_for_a_trial_get_one()
    {
        var fleet = new Fleet(1);
        var state = fleet.Set.All[0];
        Fleet.Fail(state, 3);
        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        var won = 0;
        using var start = new Barrier(4);
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            if (state.TryBegin(out var lease) && lease.IsTrial)
            {
                Interlocked.Increment(ref won);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.That(won, Is.EqualTo(1));
    }

    private static bool Step(Fleet fleet, List<EndpointLease> open, byte step)
    {
        switch (step % 8)
        {
            case 0:
                fleet.Time.Advance(TimeSpan.FromSeconds(step / 8));
                return true;
            case 1 or 2 or 3 when open.Count > 0:
                var lease = open[step % open.Count];
                open.RemoveAt(step % open.Count);
                lease.End((EndpointOutcome)((step / 8) % 7));
                return true;
            default:
                var usable = fleet.Set.Healthy.Any(state => !state.IsEjected
                    || (state.EjectedFor == TimeSpan.Zero && !open.Any(one => one.IsTrial && one.State == state)));
                var picked = fleet.Pick();
                open.Add(picked);
                var trials = open.Where(one => one.IsTrial).GroupBy(one => one.State).All(group => group.Count() == 1);
                return trials && (!usable || (picked.Endpoint.Healthy && (picked.IsTrial || !picked.State.IsEjected)));
        }
    }

    private static string End(EndpointLease lease)
    {
        lease.End(EndpointOutcome.Cancelled);
        return lease.Endpoint.Id;
    }
}
