using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Events;
using GatewayMesh.Export;
using GatewayMesh.Fixtures.Otlp;
using GatewayMesh.Proxy.Telemetry;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace GatewayMesh.Tests.Export;

/// <summary>The end of the export, also with a collector that hangs.</summary>
public sealed class BoundedShutdownTests
{
    [Test]
    public void Parts_end_at_the_same_time()
    {
        using var all = new Barrier(3);
        var ended = 0;
        void End()
        {
            _ = all.SignalAndWait(TimeSpan.FromMinutes(1)) ? Interlocked.Increment(ref ended) : 0;
        }

        Assert.That(BoundedShutdown.Run(TimeSpan.FromMinutes(1), [End, End, End]), Is.True);
        Assert.That(ended, Is.EqualTo(3), "each waits for the others");
    }

    [Test]
    public void A_part_that_hangs_holds_neither_the_process_nor_the_other_parts()
    {
        using var hung = new ManualResetEventSlim();
        using var other = new ManualResetEventSlim();

        Assert.That(BoundedShutdown.Run(TimeSpan.FromMilliseconds(20), [hung.Wait, other.Set]), Is.False);

        Assert.That(other.Wait(TimeSpan.FromMinutes(1)), Is.True);
        hung.Set();
    }

    [Test]
    public void A_part_that_fails_ends_only_itself()
    {
        var ended = false;

        Assert.That(
            BoundedShutdown.Run(
                TimeSpan.FromMinutes(1), [() => throw new InvalidOperationException("failed"), () => Volatile.Write(ref ended, true)]),
            Is.True);
        Assert.That(ended, Is.True);
    }

    [TestCase("grpc")]
    [TestCase("http/protobuf")]
    public async Task A_collector_that_hangs_holds_the_process_for_a_second(string protocol)
    {
        await using var collector = await OtlpReceiver.StartAsync();
        collector.Hangs = true;
        var settings = ExportSettings.Read(name => name switch
        {
            "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT" => protocol == "grpc" ? $"{collector.Grpc}" : $"{collector.Http}v1/logs",
            "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL" => protocol,
            "OTEL_BLRP_SCHEDULE_DELAY" => "1",
            _ => null,
        })!;
        using var events = new EventLog("host-a", "worker", new MemoryStream());
        using var metrics = new MeshMetrics();
        var export = TelemetryExport.Start(settings, new BootstrapSpec { Role = MeshRole.Sidecar, Node = "host-a" }, events, metrics)!;
        events.Info("started", "the node has started");
        Assert.That(() => collector.Requests, Is.Positive.After(30_000, 5), "an export is on its way");
        var began = Stopwatch.GetTimestamp();

        export.Dispose();

        Assert.That(Stopwatch.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(4)));
    }
}
