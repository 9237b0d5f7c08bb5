using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Configuration.Policies.Shedding;
using GatewayMesh.Proxy.AdaptiveConcurrency;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.AdaptiveConcurrency;

public sealed class AdaptiveLimitTests
{
    private static readonly TimeSpan Service = TimeSpan.FromMilliseconds(20);
    private static readonly AdaptiveConcurrencyModel Model = new() { Enabled = true };

    // Equilibrium of the rule: with c workers and L in flight the latency is s·L/c, so g = 1.25·c/L and L' = 1.25·c + √(1.25·c) for any L.
    // Tolerance: the histogram's 3 % and the simulation's step of a millisecond in 20, on both latencies. A latency reflects the limit at
    // the start of its request, up to two windows ago, so the limit swings around the equilibrium by at most two steps of growth.
    [TestCase(10)]
    [TestCase(40)]
    [TestCase(100)]
    public void The_limit_converges_to_the_servers_capacity_under_overload(int workers)
    {
        var server = new SimulatedServer(Model, workers, Service);
        server.Run(TimeSpan.FromSeconds(10));
        server.Run(TimeSpan.FromSeconds(20));

        var rest = Rest(workers);
        Assert.That(server.Limits, Has.Count.GreaterThan(190));
        Assert.That(server.Limits.Average(), Is.EqualTo(rest).Within(15).Percent);
        Assert.That(server.Limits, Has.All.InRange(0.9 * workers, Grown(Grown(rest))), "few idle workers and a short queue at all times");
        Assert.That(server.Served, Is.EqualTo(20.0 / Service.TotalSeconds * workers).Within(6).Percent, "the workers are always busy");
    }

    [Test]
    public void The_limit_follows_a_loss_and_a_return_of_half_of_the_capacity()
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
    public void A_server_that_became_slower_without_a_queue_is_measured_again_and_regains_its_load()
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
    public void Without_overload_no_request_is_refused()
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
    public void A_measurement_uses_minRttRequests_that_began_in_its_phase_at_minConcurrency()
    {
        var time = Later();
        var limit = new AdaptiveLimit(Model with { MinRttRequests = 5, MinConcurrency = 4 }, SheddingModel.Default, time, new SplitMix(1));
        Assert.That((limit.IsMeasuring, limit.Limit), Is.EqualTo((true, 4)));
        Answer(limit, time, began: 0, milliseconds: 100); // began before the phase
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
    public void The_next_measurement_starts_after_the_interval_plus_jitter(double jitter, int atLeast)
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
    public void Five_windows_at_minConcurrency_start_a_new_measurement()
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
    public void The_percentile_selects_the_latency_that_counts()
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
    public void Critical_requests_keep_the_found_limit_during_a_measurement()
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
        Assert.That(
            Enumerable.Range(0, 1000).Count(_ => limit.TryEnter(Criticality.Critical) == LimitVerdict.Admitted), Is.EqualTo(found - 2));
    }

    [Test]
    public void Only_application_responses_count_as_measurements()
    {
        var time = Later();
        var limit = new AdaptiveLimit(Model with { MinRttRequests = 1 }, SheddingModel.Default, time, new SplitMix(1));
        limit.TryEnter(Criticality.Default);
        limit.Leave(time.GetTimestamp(), null);
        Assert.That((limit.IsMeasuring, limit.InFlight), Is.EqualTo((true, 0)));
    }

    private static double Rest(int workers) => (1.25 * workers) + Math.Sqrt(1.25 * workers);

    private static double Grown(double limit) => (1.25 * limit) + Math.Sqrt(1.25 * limit);

    private static FakeTimeProvider Later()
    {
        var time = new FakeTimeProvider();
        time.Advance(TimeSpan.FromSeconds(1));
        return time;
    }

    private static AdaptiveLimit Measured(AdaptiveConcurrencyModel model, FakeTimeProvider time)
    {
        var limit = new AdaptiveLimit(model, SheddingModel.Default, time, new SplitMix(1));
        for (var i = 0; i < model.MinRttRequests; i++)
        {
            Answer(limit, time, time.GetTimestamp(), milliseconds: 10);
        }

        Assert.That(limit.IsMeasuring, Is.False);
        return limit;
    }

    private static void Answer(AdaptiveLimit limit, FakeTimeProvider time, long began, int milliseconds)
    {
        _ = time;
        limit.TryEnter(Criticality.Critical);
        limit.Leave(began, TimeSpan.FromMilliseconds(milliseconds));
    }
}
