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
    ];

    /// <summary>Names for <c>--only</c>.</summary>
    public static IReadOnlyList<string> Groups { get; } = [.. All.Select(figure => figure.Group).Distinct()];
}
