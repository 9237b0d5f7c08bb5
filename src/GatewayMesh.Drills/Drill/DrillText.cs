using System.Globalization;
using GatewayMesh.Drills.Faults;
using GatewayMesh.Drills.Load;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Drills.Drill;

/// <summary>Text report of a drill.</summary>
internal static class DrillText
{
    /// <summary>Prints one drill.</summary>
    public static void Write(DrillResult result, TextWriter output)
    {
        var paint = Paint.For(output);
        var (load, spec) = (result.Load, result.Spec);
        output.WriteLine(paint.Text($"drill {spec.Fault.Word()}: {spec.Fault.Sentence()}", TextStyle.Strong));
        output.WriteLine(
            $"  load: {Number(spec.Load.Rate)} GET/s to http://{spec.Load.Host}{spec.Load.Path} by {spec.Load.Target}, "
                + $"{spec.Load.Connections} keep-alive connections, {(spec.Load.Replay ? "one retry" : "no retry")}");
        output.WriteLine($"  at {Seconds(load.FaultAtMs)} s:");
        foreach (var note in result.Trace.Notes)
        {
            output.WriteLine($"    {note}");
        }

        output.WriteLine();
        foreach (var line in Table(result).Lines(paint))
        {
            output.WriteLine($"  {line}");
        }

        output.WriteLine();
        foreach (var (via, count) in load.Paths)
        {
            output.WriteLine(paint.Text($"  {count,7} answered by {via}", TextStyle.Faint));
        }

        foreach (var change in result.Watch.Changes)
        {
            output.WriteLine(paint.Text($"  {Seconds(change.At / 1000.0),7} s  {Describe(change)}", TextStyle.Faint));
        }

        output.WriteLine(paint.Text($"  {LoadReport.FailBackDefinition}", TextStyle.Faint));
        foreach (var broken in result.Broken)
        {
            output.WriteLine(paint.Text($"× {broken}", TextStyle.Bad));
        }

        if (result.Broken.IsEmpty)
        {
            output.WriteLine($"{paint.Text("√", TextStyle.Good)} promised and held: {Promises.Of(spec.Fault)}");
        }

        output.WriteLine();
    }

    private static TextTable Table(DrillResult result)
    {
        var load = result.Load;
        var table = new TextTable("", "");
        table.Add("sent", $"{load.Sent}, answered {load.Ok}, through a gateway {load.ThroughGateway}");
        table.Add(
            "failed",
            new Cell(
                $"{load.Failed}: refused {load.Refused}, lost {load.Lost}, timed out {load.TimedOut}, 5xx {load.ServerErrors}, 4xx "
                    + $"{load.ClientErrors}",
                load.Failed == 0 ? TextStyle.Good : TextStyle.Plain));
        table.Add("replayed", $"{load.Replayed}");
        table.Add("waited", $"{load.Waited} waited for a free connection");
        table.Add(
            "latency",
            $"p50 {Milliseconds(load.Latency.P50)}, p90 {Milliseconds(load.Latency.P90)}, p99 {Milliseconds(load.Latency.P99)}, max "
                + $"{Milliseconds(load.Latency.Max)} from the intended send time");
        table.Add("first success", load.FirstSuccessMs is { } first ? $"{Milliseconds(first)} after the fault" : "none after the fault");
        table.Add("longest gap", Milliseconds(load.LongestGapMs));
        table.Add("fail-back", FailBack(load));
        table.Add("worker", $"leases {result.Watch.Leases}, restarts {result.Watch.Restarts}, killed as hung {result.Watch.Kills}");
        if (result.Spec.Fault == FaultKind.GatewaysDown)
        {
            table.Add("refusals", $"the slowest took {Milliseconds(result.SlowestRefusalMs)}");
            table.Add(
                "recovered", result.ServedAfterReturnMs is { } served ? $"{Milliseconds(served)} after the first gateway's return" : "not");
        }

        return table;
    }

    /// <summary>Describes the time to fail back.</summary>
    internal static string FailBack(LoadReport load) => load switch
    {
        { FailBackMs: null } => "the gateways never carried traffic",
        { StillCarried: true } => "not before the load ended; use a longer --duration",
        _ => $"{Milliseconds(load.FailBackMs.Value)} after the fault",
    };

    /// <summary>Formats a time with its unit.</summary>
    internal static string Milliseconds(double ms) => ms < 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{ms:0.0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{ms / 1000:0.00} s");

    private static string Seconds(double ms) => (ms / 1000).ToString("0.000", CultureInfo.InvariantCulture);

    private static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Describe(StatusChange change) => change.Tier.Length == 0
        ? "the admin address is not responding"
        : $"tier {change.Tier}, lease {change.Lease}, guard {change.Guard}, worker "
            + $"{change.Worker?.ToString(CultureInfo.InvariantCulture) ?? "none"}";
}
