using System.Globalization;
using System.Text;
using GatewayMesh.Bench.Peers;

namespace GatewayMesh.Bench.Reports;

/// <summary>The report as text: machine, versions, table, and configurations.</summary>
internal static class TextReport
{
    private const double MinOfRate = 0.95;

    private const string Legend = """
        Columns of programs: medians of all rounds. Compared: median [least–most] of all rounds, each compared within its round. Without a unit:
        GatewayMesh ÷ HAProxy. In %: 10,000 services, what the pair with them costs more; policies, what the pair with the policies that can be
        switched off costs more than the one without, as a share of the former. In ms and MB: GatewayMesh's own value, or the difference to the pair
        without 10,000 services. Memory of other peers: all processes of the first hop. CPU: user and system time of all processes of all hops, divided by the requests.
        """;

    /// <summary>Writes the report.</summary>
    public static string Of(Report report)
    {
        var text = new StringBuilder();
        text.AppendLine(report.Title);
        foreach (var (name, version) in report.Versions)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{name}: {version}");
        }

        text.AppendLine();
        text.AppendLine(Table(report));
        text.AppendLine();
        text.AppendLine(Legend);

        foreach (var late in report.Measurements.Where(one => one.RequestsPerSecond < one.WantedPerSecond * MinOfRate))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"Slower than the rate: {late.RequestsPerSecond:F0} a second, {late.Deployment}, {late.Step}, round {late.Round}");
        }

        foreach (var failed in report.Measurements.Where(measurement => measurement.Failures > 0))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"Failed: {failed.Failures} of {failed.Requests} requests, {failed.Deployment}, {failed.Step}, round {failed.Round}");
        }

        foreach (var (name, content) in report.Configuration)
        {
            text.AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"---- {name}");
            text.AppendLine(content.TrimEnd());
        }

        return text.ToString();
    }

    /// <summary>The table of all figures, as Markdown with aligned columns.</summary>
    public static string Table(Report report)
    {
        var names = report.Versions.Keys.Where(name => report.Results.Any(result => result.Values.ContainsKey(name))).ToList();
        var rows = new List<string[]> { (string[])["figure", "unit", .. names, "compared", "target", ""] };
        foreach (var result in report.Results)
        {
            rows.Add(
            [
                result.Figure.Name,
                result.Figure.Unit,
                .. names.Select(name => Value(result, name)),
                Compared(result),
                Target(result.Figure),
                result.IsMet switch { true => "met", false => "missed", null => "not measured" },
            ]);
        }

        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var padded = rows.Select(row => row.Select((cell, column) => cell.PadRight(widths[column])));
        var lines = padded.Select(row => $"| {string.Join(" | ", row)} |").ToList();
        lines.Insert(1, "|" + string.Join("|", widths.Select(width => new string('-', width + 2))) + "|");
        return string.Join('\n', lines);
    }

    /// <summary>Median and range of what has the target.</summary>
    public static string Compared(Result result)
    {
        if (result.Compared is not { } spread)
        {
            return "";
        }

        var (decimals, unit) = Outcome(result.Figure);
        return $"{Number(spread.Median, decimals)} [{Number(spread.Min, decimals)}–{Number(spread.Max, decimals)}] {unit}".TrimEnd();
    }

    /// <summary>The target with its direction and unit.</summary>
    public static string Target(Figure figure) =>
        $"{(figure.MoreIsBetter ? "≥" : "≤")} {figure.Target.ToString(CultureInfo.InvariantCulture)} {Outcome(figure).Unit}".TrimEnd();

    // Where GatewayMesh is compared with itself, the column has the value of what is compared.
    private static string Value(Result result, string name)
    {
        var figure = result.Figure;
        var deployment = figure.Besides is null ? name : name == MeshPeer.OwnName ? figure.Subject : "";
        return result.Values.TryGetValue(deployment, out var spread) ? Number(spread.Median, figure.Decimals) : "";
    }

    private static (int Decimals, string Unit) Outcome(Figure figure) =>
        figure.Rival is null ? (figure.Decimals, figure.Unit) : (figure.Comparison.Decimals, figure.Comparison.Unit);

    private static string Number(double value, int decimals) => value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
}
