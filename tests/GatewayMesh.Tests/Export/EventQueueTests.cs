using System.Collections.Concurrent;
using System.Diagnostics;
using GatewayMesh.Events;
using GatewayMesh.Export;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace GatewayMesh.Tests.Export;

/// <summary>The queue of events with OpenTelemetry's SDK, and a collector that is slow or fails.</summary>
public sealed class EventQueueTests
{
    private DeliveryCounts _counts = null!;
    private LogCollector _collector = null!;
    private ILoggerFactory _logs = null!;
    private BatchLogRecordExportProcessor _processor = null!;

    [SetUp]
    public void Make()
    {
        _counts = new DeliveryCounts();
        _collector = new LogCollector(_counts);
        _processor = new BatchLogRecordExportProcessor(_collector, 10, int.MaxValue, 30_000, 10);
        _logs = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.AddProcessor(_processor);
        }));
    }

    [TearDown]
    public void End()
    {
        _collector.Open.Set();
        _logs.Dispose();
        _processor.Dispose();
        _collector.Dispose();
        _collector.Open.Dispose();
    }

    [Test]
    public void Events_are_delivered_with_their_fields()
    {
        using var queue = Queue(most: 100);
        new EventExport(queue, "host-a", "worker").Take(
            EventLevel.Warning, "something", "it happened", [("after", TimeSpan.FromMilliseconds(5)), ("count", 7)]);

        Assert.That(() => queue.Delivered, Is.EqualTo(1).After(5000, 5));
        Assert.That(
            _collector.Records, Is.EqualTo(["Warning it happened event=something node=host-a role=worker after=5 count=7"]));
    }

    [Test]
    public void A_collector_that_hangs_costs_events_and_never_the_caller()
    {
        _collector.Open.Reset();
        using var queue = Queue(most: 20);
        Add(queue, 10);
        Assert.That(() => _collector.Exports, Is.EqualTo(1).After(5000, 5), "the first batch is on its way");
        Add(queue, 1000);
        var full = queue.Full;
        Assert.That(full, Is.InRange(960, 990), "20 wait, some are on their way, and the others are dropped and counted");

        _collector.Open.Set();

        Assert.That(() => queue.Delivered, Is.EqualTo(1010 - full).After(5000, 5));
        Assert.That((queue.Lost, _collector.Records.Count), Is.EqualTo((0L, 1010 - (int)full)));
    }

    [Test]
    public void A_collector_that_fails_loses_its_batch_only()
    {
        _collector.Fails = true;
        using var queue = Queue(most: 100);
        Add(queue, 10);
        Assert.That(() => queue.Lost, Is.EqualTo(10).After(5000, 5));

        _collector.Fails = false;
        Add(queue, 10);

        Assert.That(() => queue.Delivered, Is.EqualTo(10).After(5000, 5));
    }

    [Test]
    public void The_rest_is_delivered_at_the_end_and_a_collector_that_hangs_does_not_hold_the_process()
    {
        using (var queue = Queue(most: 100, delay: TimeSpan.FromHours(1)))
        {
            Add(queue, 5);
            queue.Dispose();
            Assert.That(queue.Delivered, Is.EqualTo(5));
        }

        _collector.Open.Reset();
        var hanging = Queue(most: 100);
        Add(hanging, 5);
        var began = Stopwatch.GetTimestamp();
        hanging.Dispose();
        Assert.That(Stopwatch.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(10)));
    }

    private static void Add(EventQueue queue, int count)
    {
        for (var i = 0; i < count; i++)
        {
            queue.Add(new EventRecord(LogLevel.Information, "e", "m", []));
        }
    }

    private EventQueue Queue(int most, TimeSpan? delay = null) =>
        new(_logs.CreateLogger("test"), _processor, _counts, most, batch: 10, delay ?? TimeSpan.FromMilliseconds(10));

    private sealed class LogCollector(DeliveryCounts counts) : BaseExporter<LogRecord>
    {
        private int _exports;

        public ManualResetEventSlim Open { get; } = new(initialState: true);

        public bool Fails { get; set; }

        public int Exports => Volatile.Read(ref _exports);

        public ConcurrentQueue<string> Records { get; } = [];

        public override ExportResult Export(in Batch<LogRecord> batch)
        {
            Interlocked.Increment(ref _exports);
            foreach (var record in batch)
            {
                Records.Enqueue(
                    $"{record.LogLevel} {record.FormattedMessage} {string.Join(' ', record.Attributes!.Select(pair => $"{pair.Key}={pair.Value}"))}");
            }

            Open.Wait();
            counts.Count(!Fails);
            return Fails ? ExportResult.Failure : ExportResult.Success;
        }
    }
}
