using System.Globalization;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Drills.Drill;

/// <summary>Summary of several runs of a drill: the median and the extremes of each figure.</summary>
internal static class Medians
{
    /// <summary>Median of <paramref name="values"/>: the mean of the middle two for an even count, null for none.</summary>
    public static double? Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length switch
        {
            0 => null,
            var length when length % 2 == 1 => sorted[middle],
            _ => (sorted[middle - 1] + sorted[middle]) / 2,
        };
    }

    /// <summary>Formats <paramref name="results"/> as a table.</summary>
    public static TextTable Table(IReadOnlyList<DrillResult> results)
    {
        var table = new TextTable($"{results.Count} RUNS", "MEDIAN", "LEAST", "MOST");
        foreach (var (name, unit, values) in Figures(results))
        {
            var known = values.OfType<double>().ToArray();
            table.Add(
                name,
                Text(Of(known), unit),
                Text(known.Length > 0 ? known.Min() : null, unit),
                Text(known.Length > 0 ? known.Max() : null, unit));
        }

        return table;
    }

    /// <summary>The figures by name. A value is null where a run has none.</summary>
    internal static IEnumerable<(string Name, string Unit, IEnumerable<double?> Values)> Figures(IReadOnlyList<DrillResult> results)
    {
        yield return ("sent", "", results.Select(result => (double?)result.Load.Sent));
        yield return ("failed", "", results.Select(result => (double?)result.Load.Failed));
        yield return ("refused", "", results.Select(result => (double?)result.Load.Refused));
        yield return ("lost", "", results.Select(result => (double?)result.Load.Lost));
        yield return ("p50", "ms", results.Select(result => (double?)result.Load.Latency.P50));
        yield return ("p99", "ms", results.Select(result => (double?)result.Load.Latency.P99));
        yield return ("max", "ms", results.Select(result => (double?)result.Load.Latency.Max));
        yield return ("first success", "ms", results.Select(result => result.Load.FirstSuccessMs));
        yield return ("longest gap", "ms", results.Select(result => (double?)result.Load.LongestGapMs));
        yield return ("fail-back", "ms", results.Select(result => result.Load.StillCarried ? null : result.Load.FailBackMs));
    }

    private static string Text(double? value, string unit) =>
        value is { } number ? $"{number.ToString("0.#", CultureInfo.InvariantCulture)} {unit}".TrimEnd() : "-";
}
