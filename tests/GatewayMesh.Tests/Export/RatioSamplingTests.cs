using System.Diagnostics;
using System.Globalization;
using GatewayMesh.Export;
using OpenTelemetry.Trace;

namespace GatewayMesh.Tests.Export;

/// <summary>Sampling by ratio, over seeded trace IDs and the hops of a request.</summary>
public sealed class RatioSamplingTests
{
    private const int Count = 20_000;

    public enum Ids
    {
        Random,
        B3With64Bits,
        TimeFirst,
    }

    [Test]
    public void The_share_of_sampled_traces_is_the_ratio(
        [Values("traceidratio", "parentbased_traceidratio")] string sampler, [Values(0.01, 0.1, 0.5, 0.9)] double ratio, [Values] Ids ids)
    {
        var hop = Of(sampler, ratio);

        var sampled = IdsOf(ids, seed: 12).Count(id => IsSampled(hop, id, parent: null));

        // Four standard deviations of the binomial distribution.
        Assert.That(sampled, Is.EqualTo(Count * ratio).Within(4 * Math.Sqrt(Count * ratio * (1 - ratio))));
    }

    [TestCase(0, 0)]
    [TestCase(1, Count)]
    public void Nothing_and_everything_are_ratios_too(double ratio, int expected) =>
        Assert.That(IdsOf(Ids.Random, seed: 13).Count(id => IsSampled(Of("traceidratio", ratio), id, parent: null)), Is.EqualTo(expected));

    [Test]
    public void A_larger_ratio_has_all_traces_of_a_smaller_one()
    {
        var (smaller, larger) = (Of("traceidratio", 0.2), Of("traceidratio", 0.3));

        Assert.That(
            IdsOf(Ids.Random, seed: 14).Where(id => IsSampled(smaller, id, parent: null)),
            Is.Not.Empty.And.All.Matches<ActivityTraceId>(id => IsSampled(larger, id, parent: null)));
    }

    // A sidecar, a gateway, an ingress, and the spans of their attempts: each process has a sampler of its own.
    [Test]
    public void One_trace_has_the_same_decision_at_every_hop([Values("traceidratio", "parentbased_traceidratio")] string sampler)
    {
        var hops = Enumerable.Range(0, 4).Select(_ => Of(sampler, 0.3)).ToList();
        foreach (var id in IdsOf(Ids.Random, seed: 15))
        {
            bool? told = null;
            var decisions = new List<bool>();
            foreach (var hop in hops)
            {
                told = IsSampled(hop, id, told);
                decisions.Add(told.Value);
                decisions.Add(IsSampled(hop, id, told, isRemote: false));
            }

            Assert.That(decisions.Distinct().Count(), Is.EqualTo(1), $"{id}");
        }
    }

    [Test]
    public void The_parents_flag_wins([Values] bool flag)
    {
        var hop = Of("parentbased_traceidratio", 0.5);

        Assert.That(IdsOf(Ids.Random, seed: 16).Select(id => IsSampled(hop, id, flag)), Is.All.EqualTo(flag));
    }

    [Test]
    public void Without_parentbased_the_ratio_wins()
    {
        var hop = Of("traceidratio", 0.5);

        Assert.That(
            IdsOf(Ids.Random, seed: 17).Select(id => (IsSampled(hop, id, parent: true), IsSampled(hop, id, parent: false))),
            Is.EqualTo(IdsOf(Ids.Random, seed: 17).Select(id => IsSampled(hop, id, parent: null)).Select(alone => (alone, alone))));
    }

    private static Sampler Of(string sampler, double ratio) => FailureSampler.Of(ExportSettings.Read(name => name switch
    {
        "OTEL_EXPORTER_OTLP_ENDPOINT" => "http://c:4317",
        "OTEL_TRACES_SAMPLER" => sampler,
        "OTEL_TRACES_SAMPLER_ARG" => ratio.ToString(CultureInfo.InvariantCulture),
        _ => null,
    })!);

    private static bool IsSampled(Sampler hop, ActivityTraceId id, bool? parent, bool isRemote = true)
    {
        var context = parent is { } flag
            ? new ActivityContext(
                id,
                ActivitySpanId.CreateFromString("b7ad6b7169203331"),
                flag ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None,
                isRemote: isRemote)
            : default;
        return hop.ShouldSample(new SamplingParameters(context, id, "request", ActivityKind.Server)).Decision
            == SamplingDecision.RecordAndSample;
    }

    private static IEnumerable<ActivityTraceId> IdsOf(Ids kind, int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[16];
        for (var i = 0; i < Count; i++)
        {
            random.NextBytes(bytes);
            if (kind != Ids.Random)
            {
                bytes.AsSpan(0, 8).Clear();
                bytes[0] = (byte)(kind == Ids.TimeFirst ? 0x69 : 0);
            }

            yield return ActivityTraceId.CreateFromBytes(bytes);
        }
    }
}
