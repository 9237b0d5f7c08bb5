using GatewayMesh.Bench.Peers;
using GatewayMesh.Bench.Runs;

namespace GatewayMesh.Bench.Reports;

/// <summary>All figures, in the order of the report.</summary>
internal static class FigureList
{

    /// <summary>The figures.</summary>
    public static IReadOnlyList<Figure> All { get; } =
    [
        new("cpu", "CPU a request, mTLS pair, saturated (64 connections)", "µs", Step.Saturated, Processor, 0.85),
        new("rates", "the same at 4,000 a second", "µs", Step.Rate4000, Processor, 0.95),
        new("rates", "the same at 1,000 a second", "µs", Step.Rate1000, Processor, 0.95),
        new("rates", "the same at 200 a second", "µs", Step.Rate200, Processor, 0.95),
        new("hop", "CPU a request, one plain hop, saturated", "µs", Step.HopSaturated, Processor, 0.90),
        new("hop", "the same at 1,000 a second", "µs", Step.HopRate1000, Processor, 1.0),
        new("latency", "p50 at 1,000 a second, pair", "µs", Step.Rate1000, measurement => measurement.P50Microseconds, 1.0),
        new("latency", "p99 at 1,000 a second, pair", "µs", Step.Rate1000, measurement => measurement.P99Microseconds, 1.0),
        new("bodies", "CPU a request, 10 KB bodies, saturated", "µs", Step.Body10K, Processor, 0.9),
        new("bodies", "CPU a request, 100 KB bodies, saturated", "µs", Step.Body100K, Processor, 0.9),
        new("stream", "200 MB stream", "MB/s", Step.Stream200M, measurement => measurement.MegabytesPerSecond, 0.95) { MoreIsBetter = true },
        new("http2", "CPU a request, HTTP/2 GET (4 connections × 16 streams), pair", "µs", Step.Http2, Processor, 2.0),
        new("memory", "RssAnon of the worker, loaded", "MB", Step.Saturated, Worker, 20) { Rival = null, Decimals = 1 },
        new("memory", "RssAnon of the worker, idle", "MB", Step.Restart, Worker, 10) { Rival = null, Decimals = 1 },
        new("memory", "RssAnon of the guard", "MB", Step.Saturated, Guard, 10) { Rival = null, Decimals = 1 },
        new("ready", "ready from a snapshot on disk", "ms", Step.Restart, measurement => measurement.ReadyMilliseconds, 60) { Rival = null },
        new("scale", "10,000 services, 100,000 endpoints: extra CPU a request", "µs", Step.Saturated, Processor, 5)
        {
            Subject = MeshPeer.NameOf(Setup.LargePair), Rival = MeshPeer.OwnName, Besides = Setup.LargePair,
            Comparison = Comparison.ExtraPercent,
        },
        new("scale", "10,000 services, 100,000 endpoints: extra memory of the worker", "MB", Step.Saturated, Worker, 100)
        {
            Subject = MeshPeer.NameOf(Setup.LargePair), Rival = MeshPeer.OwnName, Besides = Setup.LargePair,
            Comparison = Comparison.ExtraMegabytes, Decimals = 1,
        },
        new("policies", "share of the policies in a request's CPU, mTLS pair, saturated", "µs", Step.Saturated, Processor, 15)
        {
            Rival = MeshPeer.NameOf(Setup.LeanPair), Besides = Setup.LeanPair, Comparison = Comparison.SharePercent,
        },
    ];

    /// <summary>Names for <c>--only</c>.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(figure => figure.Group).Distinct()];

    private static double? Processor(Measurement measurement) => measurement.ProcessorMicroseconds;

    // A guard and its worker; other peers have no guard, and all of their processes count.
    private static double? Worker(Measurement measurement) => IsMesh(measurement)
        ? measurement.PrivateMegabytes.Skip(1).FirstOrDefault()
        : measurement.PrivateMegabytes.Sum();

    private static double? Guard(Measurement measurement) => IsMesh(measurement) ? measurement.PrivateMegabytes[0] : null;

    private static bool IsMesh(Measurement measurement) => measurement.Deployment.StartsWith(MeshPeer.OwnName, StringComparison.Ordinal);
}
