using System.Globalization;
using GatewayMesh.Commands.Demo.Traffic;
using GatewayMesh.Commands.Terminal;

namespace GatewayMesh.Commands.Demo.Screen;

/// <summary>What the applications saw, part by part of the demo.</summary>
internal static class DemoReport
{
    /// <summary>Columns from which on there is room for the kinds of failures.</summary>
    private const int RoomForKinds = 110;

    /// <summary>The figures as a table, for a terminal of <paramref name="width"/> columns.</summary>
    public static TextTable Table(IEnumerable<(string Title, Tally Tally)> parts, int width = int.MaxValue)
    {
        var hasKinds = width >= RoomForKinds;
        var table = new TextTable(
            ["WHAT THE APPLICATIONS SAW", "SENT", "FAILED", .. hasKinds ? (string[])["REFUSED", "LOST", "TIMED OUT", "ERRORS"] : [], "VIA GW", "SLOWEST"]);
        foreach (var (title, tally) in parts)
        {
            table.Add(
            [
                title,
                $"{tally.Sent}",
                new Cell($"{tally.Failed}", tally.Failed == 0 ? Hue.Good : Hue.Warn),
                .. hasKinds ? (Cell[])[$"{tally.Refused}", $"{tally.Lost}", $"{tally.TimedOut}", $"{tally.Errors}"] : [],
                $"{tally.ThroughGateway}",
                tally.SlowestMs.ToString("0 ms", CultureInfo.InvariantCulture),
            ]);
        }

        return table;
    }

    /// <summary>The same in plain words, a sentence a part.</summary>
    public static IEnumerable<string> Sentences(IEnumerable<(string Title, Tally Tally)> parts) =>
        parts.Select(part => $"{part.Title}: {Sentence(part.Tally)}");

    private static string Sentence(Tally tally)
    {
        var failures = new (long Count, string What)[]
        {
            (tally.Refused, "refused"),
            (tally.Lost, "lost with their connection"),
            (tally.TimedOut, "never answered"),
            (tally.Errors, "answered with an error"),
        };
        var failed = tally.Failed == 0
            ? "all answered"
            : $"{tally.Failed} failed ({string.Join(", ", failures.Where(failure => failure.Count > 0).Select(failure => $"{failure.Count} {failure.What}"))})";
        var gateway = tally.ThroughGateway == 0 ? "" : $", {tally.ThroughGateway} of them through a gateway";
        return string.Create(CultureInfo.InvariantCulture, $"{tally.Sent} requests, {failed}{gateway}; the slowest answer took {tally.SlowestMs:0} ms");
    }
}
