using System.Globalization;
using System.Net;
using System.Text;

namespace GatewayMesh.Bench.Reports;

/// <summary>The figures as a chart: median and range of each comparison as a share of its target, so that the target is one line.</summary>
internal static class SvgChart
{
    private const int Width = 1000;
    private const int Left = 470;
    private const int Right = 150;
    private const int Top = 54;
    private const int RowHeight = 26;
    private const double MaxShown = 3;

    /// <summary>Draws the chart. A bar that ends left of the line has reached the target.</summary>
    public static string Of(Report report)
    {
        var measured = report.Results.Where(result => result.Compared is not null).ToList();
        var height = Top + (measured.Count * RowHeight) + 20;
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" font-family="sans-serif" font-size="12">""");
        svg.AppendLine("""  <rect width="100%" height="100%" fill="#ffffff"/>""");
        Text(svg, 10, 20, "GatewayMesh against its targets: median and range of all rounds, target = 1, less is better", "start");
        Text(svg, 10, 38, report.Title, "start");
        for (var row = 0; row < measured.Count; row++)
        {
            Draw(svg, measured[row], Top + (row * RowHeight));
        }

        svg.AppendLine(Line(X(1), Top, X(1), height - 20, "#000000", 1));
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    /// <summary>A value as a multiple of the target; inverted where more is better.</summary>
    public static double ShareOfTarget(Figure figure, double value) =>
        figure.MoreIsBetter ? figure.Target / Math.Max(value, 1e-9) : Math.Max(value, 0) / figure.Target;

    private static void Draw(StringBuilder svg, Result result, int top)
    {
        var spread = result.Compared!;
        var shares = new[] { spread.Min, spread.Max }.Select(value => ShareOfTarget(result.Figure, value)).Order().ToArray();
        var end = X(ShareOfTarget(result.Figure, spread.Median));
        var middle = top + (RowHeight / 2) - 2;
        Text(svg, Left - 10, middle + 4, result.Figure.Name, "end");
        svg.AppendLine(
            CultureInfo.InvariantCulture,
            $"""  <rect x="{Left}" y="{top + 3}" width="{end - Left:F1}" height="{RowHeight - 10}" fill="{(result.IsMet == true ? "#2e8b57" : "#c0504d")}"/>""");
        svg.AppendLine(Line(X(shares[0]), middle, X(shares[1]), middle, "#333333", 2));
        Text(svg, Math.Max(end, X(shares[1])) + 6, middle + 4, TextReport.Compared(result), "start");
    }

    private static double X(double share) => Left + (Math.Min(share, MaxShown) / MaxShown * (Width - Left - Right));

    private static string Line(double x1, double y1, double x2, double y2, string color, int width) => string.Create(
        CultureInfo.InvariantCulture,
        $"""  <line x1="{x1:F1}" y1="{y1:F1}" x2="{x2:F1}" y2="{y2:F1}" stroke="{color}" stroke-width="{width}"/>""");

    private static void Text(StringBuilder svg, double x, double y, string text, string anchor) => svg.AppendLine(
        CultureInfo.InvariantCulture,
        $"""  <text x="{x:F1}" y="{y:F1}" text-anchor="{anchor}">{WebUtility.HtmlEncode(text)}</text>""");
}
