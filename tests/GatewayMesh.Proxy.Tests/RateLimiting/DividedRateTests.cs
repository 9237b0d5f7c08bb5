using System.Collections.Immutable;
using GatewayMesh.Configuration.Policies.RateLimiting;
using GatewayMesh.Proxy.RateLimiting;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.RateLimiting;

/// <summary>
/// A limit of 300/s divided over nodes, against one bucket for all of them: how much more or less the nodes admit together. The clock is
/// virtual, the nodes take their turns at different moments of a second, and a report is heard <c>delay</c> later.
/// </summary>
public sealed class DividedRateTests
{
    private const int Rate = 300;
    private const double Step = 0.01;

    private static readonly RateLimitModel Limit = new()
    {
        Name = "all", By = [new(RateLimitKeySource.Source, "")], Rate = "300/s", Burst = Rate, Scope = RateLimitScope.Mesh,
    };

    /// <summary>Demands of three nodes in requests per second, by the second.</summary>
    private static readonly Dictionary<string, Func<int, double[]>> Loads = new()
    {
        ["even"] = _ => [200, 200, 200],
        ["uneven"] = _ => [500, 80, 20],
        ["one node"] = _ => [600, 0, 0],
        ["below the limit"] = _ => [150, 90, 30],
        ["moves every 20 s"] = second => [second / 20 % 3 == 0 ? 600 : 0, second / 20 % 3 == 1 ? 600 : 0, second / 20 % 3 == 2 ? 600 : 0],
        ["moves every 5 s"] = second => [second / 5 % 3 == 0 ? 600 : 0, second / 5 % 3 == 1 ? 600 : 0, second / 5 % 3 == 2 ? 600 : 0],
        ["flood at one node"] = second => [100, 100, second < 60 ? 0 : 20_000],
    };

    [TestCase("even", 1.0, 0.98)]
    [TestCase("uneven", 1.0, 0.97)]
    [TestCase("one node", 1.0, 0.90)]
    [TestCase("below the limit", 1.0, 0.99)]
    [TestCase("flood at one node", 1.0, 0.97)]
    [TestCase("moves every 20 s", 1.0, 0.80)]
    [TestCase("moves every 5 s", 1.0, 0.40)]
    [TestCase("moves every 20 s", 3.0, 0.75, Description = "a slow registry")]
    public void Nodes_together_admit_nearly_what_one_bucket_would(string load, double delay, double least)
    {
        var (admitted, ideal, worst) = Run(Loads[load], delay, seconds: 120);
        var ratio = admitted / ideal;
        TestContext.Out.WriteLine($"{load}, heard after {delay} s: {ratio:0.000} of one bucket, worst 10 s {worst:0.000} of the limit");
        Assert.That(ratio, Is.InRange(least, 1.01));
        Assert.That(worst, Is.LessThanOrEqualTo(1.05));
    }

    [Test]
    public void Each_key_has_its_own_division()
    {
        var time = new FakeTimeProvider();
        using var one = new DividedNode(Limit, time);
        using var two = new DividedNode(Limit, time);
        var counts = new int[2];
        for (var second = 0; second < 20; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                time.Advance(TimeSpan.FromSeconds(Step));
                for (var n = 0; n < 6; n++)
                {
                    counts[0] += second >= 10 && one.Ask((UInt128)1 << 64) ? 1 : 0;
                    counts[1] += second >= 10 && two.Ask((UInt128)2 << 64) ? 1 : 0;
                }
            }

            var reports = (one.Report, two.Report);
            one.Turn([reports.Item2]);
            two.Turn([reports.Item1]);
        }

        Assert.That(counts, Is.All.InRange(0.75 * Rate * 10, 1.05 * Rate * 10), "two tenants, each at a node of its own");
    }

    [Test]
    public void A_record_has_at_most_64_demands_and_those_of_the_largest_part()
    {
        var time = new FakeTimeProvider();
        using var node = new DividedNode(Limit, time);
        for (var key = 1; key <= 200; key++)
        {
            for (var i = 0; i < 20 + key; i++)
            {
                node.Ask((UInt128)key << 64);
            }
        }

        node.Turn([]);
        Assert.That(node.Report, Has.Count.EqualTo(64));
        Assert.That(node.Report.Keys, Does.Contain("payments/all/00000000000000c8").And.Not.Contain("payments/all/0000000000000001"));
    }

    [Test]
    public void A_demand_that_does_not_fit_into_the_record_counts_as_not_reported()
    {
        var time = new FakeTimeProvider();
        using var node = new DividedNode(Limit, time);
        var key = (UInt128)1 << 64;
        for (var i = 0; i < 100; i++)
        {
            node.Ask(key);
        }

        node.Turn([], room: 0);
        Assert.That(node.Report, Is.Empty);
        Assert.That(node.Limit.BucketOf(key, time.GetTimestamp()).Reported, Is.Zero);
    }

    [Test]
    public void A_turn_allocates_nothing_for_each_key_of_a_flood()
    {
        const int Keys = 20_000;
        var time = new FakeTimeProvider();
        using var node = new DividedNode(Limit, time);
        var allocated = 0L;
        for (var turn = 0; turn < 2; turn++)
        {
            for (var key = 1; key <= Keys; key++)
            {
                for (var i = 0; i < 30; i++)
                {
                    node.Ask((UInt128)key << 64);
                }
            }

            time.Advance(TimeSpan.FromSeconds(1));
            var before = GC.GetAllocatedBytesForCurrentThread();
            node.Turn([]);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.That(node.Report, Has.Count.EqualTo(64));
        Assert.That(allocated, Is.LessThan(4 * Keys), "64 IDs, and not 20,000");
    }

    [Test]
    public void Malformed_and_hostile_reports_are_no_demand()
    {
        var time = new FakeTimeProvider();
        using var node = new DividedNode(Limit, time);
        var key = (UInt128)1 << 64;
        node.Ask(key);
        node.Turn([new Dictionary<string, double>
        {
            ["payments/all/0000000000000001"] = double.NaN,
            ["payments/all/1"] = 5,
            ["payments"] = 5,
            ["/"] = 5,
            [""] = 5,
            ["payments/all/000000000000000G"] = 5,
        }.ToImmutableSortedDictionary()]);
        Assert.That(node.Limit.Peers.Of(key).Length, Is.Zero);
        Assert.That(node.Limit.Peers.Nodes, Is.EqualTo(2));
    }

    private static (double Admitted, double Ideal, double Worst) Run(Func<int, double[]> load, double delay, int seconds)
    {
        var time = new FakeTimeProvider();
        var nodes = Enumerable.Range(0, 3).Select(_ => new DividedNode(Limit, time)).ToArray();
        var ideal = new TokenBucket(1);
        var terms = BucketTerms.Of(Rate, Rate, time);
        var reports = nodes.Select(_ => new Queue<(double At, ImmutableSortedDictionary<string, double> Report)>())
            .ToArray();
        var heard = nodes.Select(node => node.Report).ToArray();
        var owed = new double[3];
        var perSecond = new double[seconds];
        var idealCount = 0.0;
        for (var tick = 0; tick < seconds / Step; tick++)
        {
            var now = tick * Step;
            time.Advance(TimeSpan.FromSeconds(Step));
            for (var n = 0; n < 3; n++)
            {
                while (reports[n].TryPeek(out var next) && next.At <= now)
                {
                    heard[n] = reports[n].Dequeue().Report;
                }
            }

            var demands = load((int)now);
            for (var n = 0; n < 3; n++)
            {
                if (tick % 100 == n * 33)
                {
                    nodes[n].Turn([.. heard.Where((_, other) => other != n)]);
                    reports[n].Enqueue((now + delay, nodes[n].Report));
                }

                for (owed[n] += demands[n] * Step; owed[n] >= 1; owed[n]--)
                {
                    idealCount += ideal.TryTake(1, terms, time.GetTimestamp(), out _) ? 1 : 0;
                    perSecond[(int)now] += nodes[n].Ask((UInt128)1 << 64) ? 1 : 0;
                }
            }
        }

        foreach (var node in nodes)
        {
            node.Dispose();
        }

        // The first ten seconds have the bursts of the start.
        var worst = Enumerable.Range(10, seconds - 20).Max(from => perSecond.Skip(from).Take(10).Sum()) / (10 * Rate);
        return (perSecond.Sum(), idealCount, worst);
    }
}
