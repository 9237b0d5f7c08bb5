using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Configuration.Policies.Faults;
using GatewayMesh.Proxy.Faults;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Tests.Faults;

public sealed class DelaySampleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void A_sample_is_within_the_bounds() =>
        Prop.ForAll<(byte Distribution, ushort Min, ushort Width), (ushort Mean, ushort Deviation, int Seed)>((bounds, shape) =>
        {
            var delay = new FaultDelay
            {
                Distribution = (DelayDistribution)(bounds.Distribution % 4),
                Min = TimeSpan.FromMilliseconds(bounds.Min),
                Max = TimeSpan.FromMilliseconds(bounds.Min + bounds.Width),
                Mean = TimeSpan.FromMilliseconds(shape.Mean),
                Deviation = TimeSpan.FromMilliseconds(shape.Deviation),
            };
            var random = new SplitMix((ulong)shape.Seed);
            return Enumerable.Range(0, 20).Select(_ => DelaySample.Of(delay, random))
                .All(sample => sample >= delay.Min && sample <= delay.Max);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void A_fixed_delay_is_always_the_same() =>
        Assert.That(Samples(FaultDelay.Of(Second)), Is.All.EqualTo(1000));

    [Test]
    public void A_uniform_delay_has_the_mean_of_its_bounds_and_uses_all_of_them()
    {
        var samples = Samples(new FaultDelay { Distribution = DelayDistribution.Uniform, Max = Second });
        Assert.That(samples.Average(), Is.EqualTo(500).Within(10));
        Assert.That(samples.Max() - samples.Min(), Is.GreaterThan(990));
    }

    [Test]
    public void A_normal_delay_has_its_mean_and_deviation()
    {
        var samples = Samples(new FaultDelay
        {
            Distribution = DelayDistribution.Normal,
            Mean = Second,
            Deviation = TimeSpan.FromMilliseconds(100),
            Max = 10 * Second,
        });
        var mean = samples.Average();
        Assert.That(mean, Is.EqualTo(1000).Within(5));
        Assert.That(Math.Sqrt(samples.Average(sample => (sample - mean) * (sample - mean))), Is.EqualTo(100).Within(5));
    }

    [Test]
    public void An_exponential_delay_has_its_mean_and_37_percent_are_longer()
    {
        var samples = Samples(new FaultDelay { Distribution = DelayDistribution.Exponential, Mean = Second, Max = 300 * Second });
        Assert.That(samples.Average(), Is.EqualTo(1000).Within(30));
        Assert.That(samples.Count(sample => sample > 1000) / (double)samples.Length, Is.EqualTo(0.368).Within(0.01));
    }

    private static double[] Samples(FaultDelay delay)
    {
        var random = new SplitMix(7);
        return [.. Enumerable.Range(0, 20_000).Select(_ => DelaySample.Of(delay, random).TotalMilliseconds)];
    }
}
