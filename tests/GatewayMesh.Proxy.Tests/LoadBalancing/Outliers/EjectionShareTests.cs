using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Policies.Ejection;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.LoadBalancing.Outliers;

namespace GatewayMesh.Proxy.Tests.LoadBalancing.Outliers;

/// <summary>A service never has more ejected instances than its policy allows.</summary>
public sealed class EjectionShareTests
{
    [TestCase(1, 0.1, 1)]
    [TestCase(9, 0.1, 1)]
    [TestCase(20, 0.1, 2)]
    [TestCase(29, 0.1, 2)]
    [TestCase(30, 0.1, 3)]
    [TestCase(10, 0.3, 3)]
    [TestCase(3, 1, 3)]
    [TestCase(10, 0, 0)]
    [TestCase(0, 1, 0)]
    public void One_instance_may_always_be_ejected_unless_the_maximum_is_zero(int instances, double share, int most) =>
        Assert.That(new EjectionModel { MaxEjectedPercent = share }.MaxOf(instances), Is.EqualTo(most));

    [Test]
    public void By_default_a_tenth_may_be_ejected_and_the_next_waits_for_a_permit()
    {
        var fleet = new Fleet(10, ejection: model => model with { MaxEjectedPercent = EjectionModel.Default.MaxEjectedPercent });
        Fleet.Fail(fleet[0], 3);
        Fleet.Fail(fleet[1], 3);
        Assert.That((fleet[0].IsEjected, fleet[1].IsEjected), Is.EqualTo((true, false)));

        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        fleet[0].Begin().End(EndpointOutcome.Success);
        Fleet.Fail(fleet[1], 1);

        Assert.That((fleet[0].IsEjected, fleet[1].IsEjected), Is.EqualTo((false, true)), "its evidence was not forgotten");
    }

    [Test]
    public void An_instance_without_an_ejection_permit_is_known_to_fail_for_the_same_time()
    {
        var fleet = new Fleet(2, ejection: model => model with { MaxEjectedPercent = 0.1 });
        Fleet.Fail(fleet[0], 3);
        Assert.That(fleet.Set.IsAvailable(fleet.Time.GetTimestamp()), Is.True);
        Fleet.Fail(fleet[1], 3);
        Assert.That(fleet[1].IsEjected, Is.False);
        Assert.That(fleet.Set.IsAvailable(fleet.Time.GetTimestamp()), Is.False, "so a failover target is used");
        Assert.That(fleet.Set.IsReachable(fleet.Time.GetTimestamp()), Is.False, "and the bypass of the sidecars");
        fleet.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(fleet.Set.IsAvailable(fleet.Time.GetTimestamp()), Is.True, "the instance is used again after that time");
    }

    [Test]
    public void With_a_maximum_of_zero_none_is_ejected()
    {
        var fleet = new Fleet(3, ejection: model => model with { MaxEjectedPercent = 0 });
        Fleet.Fail(fleet[0], 100);
        Assert.That((fleet[0].IsEjected, fleet.Ejected.Count), Is.EqualTo((false, 0)));
    }

    [Test]
    public void When_fewer_may_be_ejected_the_shortest_ejections_end_first()
    {
        var fleet = new Fleet(20, ejection: model => model with { MaxEjectedPercent = 0.1 });
        Fleet.Fail(fleet[0], 3);
        fleet.Time.Advance(TimeSpan.FromSeconds(4));
        Fleet.Fail(fleet[1], 3);

        fleet.Apply(Fleet.Models(10));

        Assert.That(fleet.Set.All.Where(state => state.IsEjected).Select(state => state.Key.Id), Is.EqualTo(new[] { "web-1" }));
    }

    [Test]
    public void A_removed_ejected_instance_returns_its_permit()
    {
        var fleet = new Fleet(3, ejection: model => model with { MaxEjectedPercent = 0.1 });
        Fleet.Fail(fleet[0], 3);

        fleet.Apply(Fleet.Model(1), Fleet.Model(2));
        Fleet.Fail(fleet[0], 3);

        Assert.That(fleet[0].IsEjected, Is.True);
    }

    [Test]
    public void A_request_at_a_removed_instance_takes_no_permit()
    {
        var fleet = new Fleet(2, ejection: model => model with { MaxEjectedPercent = 0.1, ConsecutiveFailures = 1 });
        var late = fleet[0].Begin();
        fleet.Apply(Fleet.Model(1));
        late.End(EndpointOutcome.Failed);
        Fleet.Fail(fleet[0], 1);
        Assert.That(fleet[0].IsEjected, Is.True);
    }

    [Test]
    public void The_maximum_of_ejections_is_never_exceeded() => Prop.ForAll<List<byte>, byte>((steps, share) =>
    {
        var percent = share % 4 * 0.15;
        var fleet = new Fleet(
            12, ejection: model => model with { MaxEjectedPercent = percent, ConsecutiveFailures = 1, Consecutive5xx = 1 });
        var known = new HashSet<EndpointState>(fleet.Set.All);
        return steps.All(step =>
        {
            Step(fleet, step);
            known.UnionWith(fleet.Set.All);
            var most = fleet.Policy.Ejection.MaxOf(fleet.Set.All.Length);
            return fleet.Set.All.Count(state => state.IsEjected) <= most && known.Except(fleet.Set.All).All(gone => !gone.IsEjected);
        });
    }).QuickCheckThrowOnFailure();

    [Test]
    public void Concurrent_reports_and_reloads_never_exceed_the_maximum_of_ejections()
    {
        var fleet = new Fleet(
            30, ejection: model => model with { MaxEjectedPercent = 0.1, ConsecutiveFailures = 1, Time = TimeSpan.FromMilliseconds(1) });
        var worst = 0;
        var going = 4;
        using var start = new Barrier(6);
        var reporters = Enumerable.Range(0, 4).Select(seed => new Thread(() =>
        {
            var random = new SplitMix((ulong)seed);
            start.SignalAndWait();
            for (var i = 0; i < 20_000; i++)
            {
                var states = fleet.Registry.Current.Find("web")!.All;
                var lease = states[random.Next(states.Length)].Begin();
                lease.End(random.Next(3) == 0 ? EndpointOutcome.Success : EndpointOutcome.Failed);
                fleet.Time.Advance(TimeSpan.FromTicks(1000));
            }

            Interlocked.Decrement(ref going);
        })).ToList();
        var reloader = new Thread(() =>
        {
            var random = new SplitMix(9);
            start.SignalAndWait();
            while (Volatile.Read(ref going) > 0)
            {
                fleet.Apply(Fleet.Models(10 + random.Next(21)));
                fleet.Registry.Tick();
            }
        });
        var watcher = new Thread(() =>
        {
            start.SignalAndWait();
            while (Volatile.Read(ref going) > 0)
            {
                // A permit is taken before an ejection and returned after it, so the permits taken bound the ejections at any moment.
                var share = fleet.Registry.Current.Find("web")!.All[0].Share;
                worst = Math.Max(worst, share.Taken);
            }
        });
        List<Thread> all = [.. reporters, reloader, watcher];
        all.ForEach(thread => thread.Start());
        all.ForEach(thread => thread.Join());

        var set = fleet.Registry.Current.Find("web")!;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(worst, Is.InRange(1, 3), "a tenth of thirty");
            Assert.That(
                set.All[0].Share.Taken, Is.EqualTo(set.All.Count(state => state.IsEjected)), "no permit is lost and none is taken twice");
            Assert.That(set.All[0].Share.Limit, Is.EqualTo(fleet.Policy.Ejection.MaxOf(set.All.Length)));
        }
    }

    private static void Step(Fleet fleet, byte step)
    {
        switch (step % 6)
        {
            case 0:
                fleet.Time.Advance(TimeSpan.FromSeconds(step / 6));
                break;
            case 1:
                EndpointModel[] some = [.. Fleet.Models(12).Where((_, i) => i % 5 != step / 6 % 5 || i == step / 30)];
                fleet.Apply(some);
                break;
            case 2:
                _ = fleet.Set.All[step % fleet.Set.All.Length].Eject(EjectionCause.Latency);
                break;
            case 3:
                fleet.Pick().End(EndpointOutcome.Success);
                break;
            default:
                Fleet.Fail(
                    fleet.Set.All[step % fleet.Set.All.Length], 1, step % 2 == 0 ? EndpointOutcome.Failed : EndpointOutcome.ServerError);
                break;
        }
    }
}
