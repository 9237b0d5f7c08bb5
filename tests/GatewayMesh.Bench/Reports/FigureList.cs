using GatewayMesh.Bench.Runs;

namespace GatewayMesh.Bench.Reports;

/// <summary>All figures, in the order of the report.</summary>
internal static class FigureList
{
    private static readonly Func<Measurement, double?> Processor = measurement => measurement.ProcessorMicroseconds;

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
    ];

    /// <summary>Names for <c>--only</c>.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(figure => figure.Group).Distinct()];
}
