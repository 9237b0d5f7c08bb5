using FsCheck;
using FsCheck.Fluent;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Routing.Tree;

namespace GatewayMesh.Proxy.Tests.Routing.Tree;

public class SplitTests
{
    private const int All = 10_000;

    [Test]
    public void Every_hundredth_of_a_percent_maps_to_its_leg()
    {
        var splitter = Splitter(1, 4999, 5000);
        var random = new SplitMix(7);
        var counts = Count(splitter, random, 2_000_000);

        // 0.01 % of 2,000,000 is 200; six standard deviations of a binomial count are 85.
        Assert.That(counts[0], Is.InRange(115, 285));
        Assert.That(counts[1] + counts[2], Is.EqualTo(2_000_000 - counts[0]));
    }

    [Test]
    public void A_leg_of_weight_zero_is_never_chosen_and_a_full_one_always()
    {
        Assert.That(Count(Splitter(0, 10_000, 0), new SplitMix(1), 100_000), Is.EqualTo(new[] { 0, 100_000, 0 }));
        Assert.That(Count(Splitter(10_000, 0), new SplitMix(1), 100_000), Is.EqualTo(new[] { 100_000, 0 }));
        Assert.That(Count(Splitter(0, 10_000), new SplitMix(1), 100_000), Is.EqualTo(new[] { 0, 100_000 }));
    }

    [Test]
    public void Splits_converge_to_their_weights()
    {
        var splits = from seed in Gen.Choose(0, int.MaxValue)
                     from cuts in Gen.Choose(0, All).ArrayOf()
                     select (Seed: (ulong)seed, Weights: Weights(cuts.Take(9)));
        Prop.ForAll(splits.ToArbitrary(), split =>
        {
            const int Requests = 20_000;
            var counts = Count(Splitter(split.Weights), new SplitMix(split.Seed), Requests);

            // By Bernstein's inequality a count deviates from its mean by more than t with probability 2·exp(−t²/(2(np(1−p) + t/3))); t
            // below makes that 10⁻⁹ for each leg.
            for (var i = 0; i < counts.Length; i++)
            {
                var share = split.Weights[i] / (double)All;
                var log = Math.Log(2e9);
                var bound = (log / 3) + Math.Sqrt((log * log / 9) + (2 * log * Requests * share * (1 - share)));
                Assert.That(
                    Math.Abs(counts[i] - (Requests * share)), Is.LessThanOrEqualTo(bound), $"leg {i} of {string.Join('/', split.Weights)}");
            }
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void A_sample_decides_consistently_and_independently_at_each_depth()
    {
        var splitter = Splitter(5000, 5000);
        var random = new SplitMix(3);
        var both = new int[2, 2];
        for (var i = 0; i < 40_000; i++)
        {
            var draw = new SplitSample(random.Next());
            var first = Leg(splitter, splitter.Next(draw, 0));
            Assert.That(Leg(splitter, splitter.Next(draw, 0)), Is.EqualTo(first));
            both[first, Leg(splitter, splitter.Next(draw, 1))]++;
        }

        // Each of four: 10,000 ± 6 · √(40,000 · 1/4 · 3/4) = 520.
        Assert.That(both.Cast<int>(), Has.All.InRange(9_480, 10_520));
    }

    private static int[] Weights(IEnumerable<int> cuts)
    {
        int[] at = [0, .. cuts.Order(), All];
        return [.. at.Skip(1).Zip(at, (end, begin) => end - begin)];
    }

    private static LiveSplitter Splitter(params int[] weights) =>
        new("s", [.. weights.Select((weight, i) => (weight, (LiveNode)new LiveLeaf($"{i}", $"{i}", [], null)))]);

    private static int[] Count(LiveSplitter splitter, SplitMix random, int requests)
    {
        var counts = new int[splitter.Legs.Length];
        for (var i = 0; i < requests; i++)
        {
            counts[Leg(splitter, splitter.Next(new SplitSample(random.Next()), 0))]++;
        }

        return counts;
    }

    private static int Leg(LiveSplitter splitter, LiveNode node) =>
        splitter.Legs.IndexOf(splitter.Legs.First(leg => ReferenceEquals(leg.Next, node)));
}
