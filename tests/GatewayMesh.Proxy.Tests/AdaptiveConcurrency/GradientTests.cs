using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Policies.AdaptiveConcurrency;
using GatewayMesh.Proxy.AdaptiveConcurrency;

namespace GatewayMesh.Proxy.Tests.AdaptiveConcurrency;

public sealed class GradientTests
{
    private static readonly AdaptiveConcurrencyModel Model = new();

    [TestCase(100, 10, 12.5, 110, Description = "as slow as the buffer allows: only the headroom")]
    [TestCase(100, 10, 25, 57, Description = "twice as slow as allowed: half, and headroom")]
    [TestCase(100, 10, 1000, 57, Description = "never less than half at a time")]
    [TestCase(100, 10, 1, 214, Description = "never more than twice at a time")]
    [TestCase(3, 10, 1000, 3, Description = "minConcurrency")]
    [TestCase(990, 10, 10, 1000, Description = "maxConcurrency")]
    public void The_rule_matches_Envoy(int limit, double minRtt, double sample, int next) =>
        Assert.That(Gradient.Next(limit, minRtt, sample, Model), Is.EqualTo(next));

    [Test]
    public void A_larger_buffer_tolerates_more_latency() =>
        Assert.That(Gradient.Next(100, 10, 20, Model with { Buffer = 1 }), Is.GreaterThan(Gradient.Next(100, 10, 20, Model)));

    [Test]
    public void The_limit_stays_within_its_bounds_and_slower_responses_never_raise_it() =>
        Prop.ForAll<byte, byte, byte>((limit, rtt, more) =>
        {
            var one = Gradient.Next(3 + limit, 10, 1 + rtt, Model);
            var slower = Gradient.Next(3 + limit, 10, 1 + rtt + more, Model);
            return slower <= one && one is >= 3 and <= 1000;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void A_histogram_percentile_is_accurate_to_three_percent() =>
        Prop.ForAll<NonEmptyArray<int>, byte>((values, percent) =>
        {
            var histogram = new LatencyHistogram();
            var all = values.Get.Select(value => Math.Abs((long)value)).Order().ToArray();
            foreach (var value in all)
            {
                histogram.Add(TimeSpan.FromMicroseconds(value));
            }

            var share = percent / 255.0;
            var exact = all[Math.Max(1, (int)Math.Ceiling(all.Length * share)) - 1];
            var found = histogram.Drain(share)!.Value;
            return Math.Abs(found - exact) <= Math.Max(0.5, exact / 32.0) && histogram.Drain(share) is null;
        }).QuickCheckThrowOnFailure();

    [TestCase(0)]
    [TestCase(15)]
    [TestCase(16)]
    [TestCase(1_000_000)]
    [TestCase(uint.MaxValue)]
    [TestCase(1e12)]
    public void A_histogram_accepts_every_latency(double microseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(TimeSpan.FromMicroseconds(microseconds));
        Assert.That(histogram.Drain(0.5), Is.EqualTo(Math.Min(microseconds, uint.MaxValue)).Within(3).Percent);
    }
}
