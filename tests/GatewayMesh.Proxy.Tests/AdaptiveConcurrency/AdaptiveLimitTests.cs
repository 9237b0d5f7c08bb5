using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Tests.Time;

namespace GatewayMesh.Proxy.Tests.AdaptiveConcurrency;

public sealed class AdaptiveLimitTests
{
    private static readonly TimeSpan Service = TimeSpan.FromMilliseconds(20);
    private static readonly AdaptiveConcurrencyModel Model = new() { Enabled = true };

    // Where the rule rests: with c workers and L in flight latency is s·L/c, so g = 1.25·c/L and L' = 1.25·c + √(1.25·c), whatever L was. What is
    // allowed around it: the histogram's 3 % and the simulation's step of a millisecond in 20, on each of the two latencies. A latency tells of the limit
    // that held when its request began, up to two windows ago, so the limit swings around that: at most two steps of growth above it.
    [TestCase(10)]
    [TestCase(40)]
    [TestCase(100)]
    public void Overloaded_it_finds_the_limit_of_its_server_and_holds_it(int workers)
    {
        var server = new SimulatedServer(Model, workers, Service);
        server.Run(TimeSpan.FromSeconds(10));
        server.Run(TimeSpan.FromSeconds(20));

        var rest = Rest(workers);
        Assert.That(server.Limits, Has.Count.GreaterThan(190));
        Assert.That(server.Limits.Average(), Is.EqualTo(rest).Within(15).Percent);
        Assert.That(server.Limits, Has.All.InRange(0.9 * workers, Grown(Grown(rest))), "never many idle workers, never a long queue");
        Assert.That(server.Served, Is.EqualTo(20.0 / Service.TotalSeconds * workers).Within(6).Percent, "its workers are busy all the time");
    }

    [Test]
    public void When_half_of_the_capacity_goes_it_follows_and_when_it_comes_back_too()
    {
        var server = new SimulatedServer(Model, 40, Service);
        server.Run(TimeSpan.FromSeconds(10));

        server.Workers = 20;
        server.Run(TimeSpan.FromSeconds(3));
        server.Run(TimeSpan.FromSeconds(5));
        Assert.That(server.Limits.Average(), Is.EqualTo(Rest(20)).Within(15).Percent);

        server.Workers = 40;
        server.Run(TimeSpan.FromSeconds(3));
        server.Run(TimeSpan.FromSeconds(5));
        Assert.That(server.Limits.Average(), Is.EqualTo(Rest(40)).Within(15).Percent);
    }

    [Test]
    public void A_server_that_became_slower_without_a_queue_is_measured_anew_and_is_as_busy_again()
    {
        var server = new SimulatedServer(Model, 40, Service);
        server.Run(TimeSpan.FromSeconds(10));

        server.Service = 2 * Service;
        server.Run(TimeSpan.FromSeconds(80));
        server.Run(TimeSpan.FromSeconds(5));

        Assert.That(server.Limit.MinRtt.TotalMilliseconds, Is.EqualTo(40).Within(10).Percent);
        Assert.That(server.Limits.Average(), Is.EqualTo(Rest(40)).Within(15).Percent);
    }

    [Test]
    public void Without_overload_nobody_is_refused()
    {
        var server = new SimulatedServer(Model, 40, Service) { Offered = 3 };
        server.Run(TimeSpan.FromSeconds(1));
        server.Offered = 30;
        server.Run(TimeSpan.FromSeconds(30));
        var refused = server.Refused;
        server.Run(TimeSpan.FromSeconds(20));
        Assert.That(server.Refused, Is.EqualTo(refused));
    }

    [Test]
    public void It_measures_with_minRttRequests_that_began_in_that_phase_at_minConcurrency()
    {
        var time = Later();
        var limit = new AdaptiveLimit(Model with { MinRttRequests = 5, MinConcurrency = 4 }, SheddingModel.Default, time, new SplitMix(1));
        Assert.That((limit.IsMeasuring, limit.Limit), Is.EqualTo((true, 4)));
        Answer(limit, time, began: 0, milliseconds: 100); // began before
        for (var i = 0; i < 5; i++)
        {
            Assert.That(limit.IsMeasuring, Is.True);
            Answer(limit, time, time.GetTimestamp(), milliseconds: 10);
        }

        Assert.That(limit.IsMeasuring, Is.False);
        Assert.That(limit.MinRtt.TotalMilliseconds, Is.EqualTo(10).Within(4).Percent);
    }

    [TestCase(0, 60_000)]
    [TestCase(0.15, 60_001)]
    public void It_measures_again_after_the_interval_drawn_longer_by_the_jitter(double jitter, int atLeast)
    {
        var time = Later();
        var limit = Measured(Model with { Jitter = jitter }, time);
        time.Advance(TimeSpan.FromMilliseconds(atLeast - 1));
        limit.Update();
        Assert.That(limit.IsMeasuring, Is.False);
        time.Advance(TimeSpan.FromMilliseconds(1 + (60_000 * jitter)));
        limit.Update();
        Assert.That(limit.IsMeasuring, Is.True);
    }

    [Test]
    public void Five_windows_at_the_least_limit_and_it_measures_anew()
    {
        var time = Later();
        var limit = Measured(Model, time);
        for (var i = 0; i < 5; i++)
        {
            Assert.That(limit.IsMeasuring, Is.False);
            Answer(limit, time, time.GetTimestamp(), milliseconds: 10_000);
            limit.Update();
        }

        limit.Update();
        Assert.That(limit.IsMeasuring, Is.True);
    }

    [Test]
    public void The_percentile_says_which_latency_counts()
    {
        Assert.That(AfterNineFastAndOneSlow(0.5), Is.GreaterThan(AfterNineFastAndOneSlow(0.95)));

        static int AfterNineFastAndOneSlow(double percentile)
        {
            var time = Later();
            var limit = Measured(Model with { Percentile = percentile, MinConcurrency = 10 }, time);
            for (var i = 0; i < 10; i++)
            {
                Answer(limit, time, time.GetTimestamp(), milliseconds: i == 9 ? 1000 : 10);
            }

            limit.Update();
            return limit.Limit;
        }
    }

    [Test]
    public void While_it_measures_critical_requests_keep_the_limit_that_was_found()
    {
        var time = Later();
        var limit = Measured(Model, time);
        for (var i = 0; i < 10; i++)
        {
            Answer(limit, time, time.GetTimestamp(), milliseconds: 10);
            limit.Update();
        }

        var found = limit.Limit;
        Assert.That(found, Is.GreaterThan(30));
        time.Advance(TimeSpan.FromMinutes(2));
        limit.Update();
        Assert.That(Enumerable.Range(0, 50).Count(_ => limit.TryEnter(Criticality.Default) == LimitVerdict.Admitted), Is.EqualTo(2));
        Assert.That(Enumerable.Range(0, 1000).Count(_ => limit.TryEnter(Criticality.Critical) == LimitVerdict.Admitted), Is.EqualTo(found - 2));
    }

    [Test]
    public void What_is_no_answer_of_the_application_is_no_measure()
    {
        var time = Later();
        var limit = new AdaptiveLimit(Model with { MinRttRequests = 1 }, SheddingModel.Default, time, new SplitMix(1));
        limit.TryEnter(Criticality.Default);
        limit.Leave(time.GetTimestamp(), null);
        Assert.That((limit.IsMeasuring, limit.InFlight), Is.EqualTo((true, 0)));
    }

    private static double Rest(int workers) => (1.25 * workers) + Math.Sqrt(1.25 * workers);

    private static double Grown(double limit) => (1.25 * limit) + Math.Sqrt(1.25 * limit);

    private static VirtualTime Later()
    {
        var time = new VirtualTime();
        time.Advance(TimeSpan.FromSeconds(1));
        return time;
    }

    private static AdaptiveLimit Measured(AdaptiveConcurrencyModel model, VirtualTime time)
    {
        var limit = new AdaptiveLimit(model, SheddingModel.Default, time, new SplitMix(1));
        for (var i = 0; i < model.MinRttRequests; i++)
        {
            Answer(limit, time, time.GetTimestamp(), milliseconds: 10);
        }

        Assert.That(limit.IsMeasuring, Is.False);
        return limit;
    }

    private static void Answer(AdaptiveLimit limit, VirtualTime time, long began, int milliseconds)
    {
        _ = time;
        limit.TryEnter(Criticality.Critical);
        limit.Leave(began, TimeSpan.FromMilliseconds(milliseconds));
    }
}
