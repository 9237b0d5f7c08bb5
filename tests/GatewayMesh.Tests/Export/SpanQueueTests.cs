using System.Collections.Concurrent;
using System.Diagnostics;
using GatewayMesh.Export;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace GatewayMesh.Tests.Export;

/// <summary>The queue of spans with OpenTelemetry's SDK, and an exporter that is slow, fails, or throws.</summary>
public sealed class SpanQueueTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(10);

    [Test]
    public void Spans_are_delivered_in_batches()
    {
        using var exporter = new Collector();
        using var queue = new SpanQueue(exporter, most: 100, batch: 10, Soon);
        Add(queue, 25);
        Assert.That(() => queue.Delivered, Is.EqualTo(25).After(5000, 5));
        Assert.That(exporter.Batches, Is.All.LessThanOrEqualTo(10));
        Assert.That((queue.Full, queue.Lost), Is.EqualTo((0L, 0L)));
    }

    [Test]
    public void A_collector_that_hangs_costs_spans_and_never_the_caller()
    {
        using var exporter = new Collector();
        exporter.Open.Reset();
        using var queue = new SpanQueue(exporter, most: 20, batch: 10, Soon);
        Add(queue, 10);
        Assert.That(() => exporter.Batches.Count, Is.EqualTo(1).After(5000, 5), "the first batch is on its way");
        Add(queue, 1000);
        Assert.That(queue.Full, Is.EqualTo(980), "20 wait, the others are dropped and counted");
        exporter.Open.Set();
        Assert.That(() => queue.Delivered, Is.EqualTo(30).After(5000, 5), "what was queued is delivered when the collector is back");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_collector_that_fails_loses_its_batch_only(bool throws)
    {
        using var exporter = new Collector { Fails = !throws, Throws = throws };
        using var queue = new SpanQueue(exporter, most: 100, batch: 10, Soon);
        Add(queue, 10);
        Assert.That(() => queue.Lost, Is.EqualTo(10).After(5000, 5));
        (exporter.Fails, exporter.Throws) = (false, false);
        Add(queue, 10);
        Assert.That(() => queue.Delivered, Is.EqualTo(10).After(5000, 5));
    }

    [Test]
    public void The_rest_is_delivered_at_the_end_and_a_collector_that_hangs_does_not_hold_the_process()
    {
        using var exporter = new Collector();
        using (var queue = new SpanQueue(exporter, most: 100, batch: 50, TimeSpan.FromHours(1)))
        {
            Add(queue, 5);
            queue.Shutdown();
            Assert.That(queue.Delivered, Is.EqualTo(5));
        }

        using var hanging = new Collector();
        hanging.Open.Reset();
        using var other = new SpanQueue(hanging, most: 100, batch: 50, Soon);
        Add(other, 5);
        var began = Stopwatch.GetTimestamp();
        other.Shutdown();
        Assert.That(Stopwatch.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(10)));
        hanging.Open.Set();
    }

    [TestCase("always_on", false, "1")]
    [TestCase("always_off", true, "")]
    [TestCase("traceidratio", true, "0", Description = "the ratio is 0, whatever the parent says")]
    [TestCase("traceidratio", false, "0")]
    [TestCase("parentbased_traceidratio", true, "1")]
    [TestCase("parentbased_traceidratio", false, "0")]
    [TestCase("parentbased_always_off", true, "1")]
    [TestCase("parentbased_always_on", false, "0")]
    [TestCase("", true, "1")]
    public void A_span_that_is_not_sampled_is_kept_until_it_ends(string sampler, bool parentIsSampled, string expected)
    {
        var settings = ExportSettings.Read(name => name switch
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => "http://c:4317",
            "OTEL_TRACES_SAMPLER" => sampler,
            "OTEL_TRACES_SAMPLER_ARG" => "0",
            _ => null,
        })!;
        using var source = new ActivitySource("GatewayMesh.Tests." + TestContext.CurrentContext.Test.ID);
        using var exporter = new Collector();
        using var queue = new SpanQueue(exporter, most: 10, batch: 10, Soon);
        using var provider = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).SetSampler(FailureSampler.Of(settings))
            .AddProcessor(queue).Build();
        var parent = new ActivityContext(
            ActivityTraceId.CreateRandom(),
            ActivitySpanId.CreateRandom(),
            parentIsSampled ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None,
            isRemote: true);

        var first = source.StartActivity("a", ActivityKind.Server, parent);
        Assert.That(first is not { IsAllDataRequested: true } ? "" : first.Recorded ? "1" : "0", Is.EqualTo(expected));
        first?.Stop();
        var second = source.StartActivity("failed", ActivityKind.Server, parent);
        if (second is { IsAllDataRequested: true })
        {
            second.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
            second.Stop();
        }

        queue.Shutdown();
        Assert.That(exporter.Names, Is.EqualTo(expected == "" ? [] : expected == "1" ? new[] { "a", "failed" } : ["failed"]));
    }

    private static void Add(SpanQueue queue, int count)
    {
        for (var i = 0; i < count; i++)
        {
            queue.OnEnd(new Activity("span") { ActivityTraceFlags = ActivityTraceFlags.Recorded });
        }
    }

    private sealed class Collector : BaseExporter<Activity>
    {
        public ManualResetEventSlim Open { get; } = new(initialState: true);

        public bool Fails { get; set; }

        public bool Throws { get; set; }

        public ConcurrentQueue<long> Batches { get; } = [];

        public ConcurrentQueue<string> Names { get; } = [];

        public override ExportResult Export(in Batch<Activity> batch)
        {
            Batches.Enqueue(batch.Count);
            foreach (var span in batch)
            {
                Names.Enqueue(span.OperationName);
            }

            Open.Wait();
            return Throws ? throw new InvalidOperationException("no") : Fails ? ExportResult.Failure : ExportResult.Success;
        }
    }
}
