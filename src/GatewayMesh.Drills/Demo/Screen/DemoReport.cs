using System.Globalization;
using GatewayMesh.Drills.Demo.Traffic;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Drills.Demo.Screen;

/// <summary>The results of the demo, part by part.</summary>
internal static class DemoReport
{
    /// <summary>Minimum terminal width for the columns with failure kinds.</summary>
    private const int RoomForKinds = 110;

    /// <summary>Formats the results as a table for a terminal of <paramref name="width"/> columns.</summary>
    public static TextTable Table(IEnumerable<(string Title, Tally Tally)> parts, int width = int.MaxValue)
    {
        var hasKinds = width >= RoomForKinds;
        var table = new TextTable(
            [
                "WHAT THE APPLICATIONS SAW",
                "SENT",
                "FAILED",
                .. hasKinds ? (string[])["REFUSED", "LOST", "TIMED OUT", "ERRORS"] : [],
                "VIA GW",
                "SLOWEST"]);
        foreach (var (title, tally) in parts)
        {
            table.Add(
            [
                title,
                $"{tally.Sent}",
                new Cell($"{tally.Failed}", tally.Failed == 0 ? TextStyle.Good : TextStyle.Warn),
                .. hasKinds ? (Cell[])[$"{tally.Refused}", $"{tally.Lost}", $"{tally.TimedOut}", $"{tally.Errors}"] : [],
                $"{tally.ThroughGateway}",
                tally.SlowestMs.ToString("0 ms", CultureInfo.InvariantCulture),
            ]);
        }

        return table;
    }

    /// <summary>Formats the results as plain text, one sentence per part, in lines of at most <paramref name="width"/> columns.</summary>
    public static IEnumerable<string> Sentences(IEnumerable<(string Title, Tally Tally)> parts, int width = TextWrap.None) =>
        parts.SelectMany(part => TextWrap.Lines($"{part.Title}: {Sentence(part.Tally)}.", width, "  "));

    private static string Sentence(Tally tally)
    {
        var failures = new (long Count, string What)[]
        {
            (tally.Refused, "refused"),
            (tally.Lost, "lost with the connection"),
            (tally.TimedOut, "never answered"),
            (tally.Errors, "answered with an error"),
        };
        var failed = tally.Failed == 0
            ? "all answered"
            : $"{tally.Failed} failed "
                + $"({string.Join(", ", failures.Where(failure => failure.Count > 0).Select(failure => $"{failure.Count} {failure.What}"))})";
        var gateway = tally.ThroughGateway == 0 ? "" : $", {tally.ThroughGateway} of them through a gateway";
        return string.Create(
            CultureInfo.InvariantCulture, $"{tally.Sent} requests, {failed}{gateway}; the slowest answer took {tally.SlowestMs:0} ms");
    }
}
