using System.Globalization;
using System.Text;

namespace GatewayMesh.Bench.Reports;

/// <summary>The report as text: machine, versions, table, and configurations.</summary>
internal static class TextReport
{
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
        text.AppendLine("Columns: medians of all rounds. Compared: GatewayMesh ÷ HAProxy within each round (or GatewayMesh's own value), median [least–most].");
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
        var names = report.Results.SelectMany(result => result.Values.Keys).Distinct().ToList();
        var rows = new List<string[]> { (string[])["figure", "unit", .. names, "compared", "target", ""] };
        foreach (var result in report.Results)
        {
            rows.Add(
            [
                result.Figure.Name,
                result.Figure.Unit,
                .. names.Select(name => result.Values.TryGetValue(name, out var spread) ? Number(spread.Median, result.Figure.Decimals) : ""),
                Compared(result),
                $"{(result.Figure.MoreIsBetter ? "≥" : "≤")} {result.Figure.Target.ToString(CultureInfo.InvariantCulture)}",
                result.IsMet switch { true => "met", false => "missed", null => "not measured" },
            ]);
        }

        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var lines = rows.Select(row => "| " + string.Join(" | ", row.Select((cell, column) => cell.PadRight(widths[column]))) + " |").ToList();
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

        var decimals = result.Figure.Rival is null ? result.Figure.Decimals : 2;
        return $"{Number(spread.Median, decimals)} [{Number(spread.Least, decimals)}–{Number(spread.Most, decimals)}]";
    }

    private static string Number(double value, int decimals) => value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
}
