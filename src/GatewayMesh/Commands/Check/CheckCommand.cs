using System.CommandLine;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Calls;
using GatewayMesh.Terminal.Commands;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands.Check;

/// <summary><c>gatewaymesh check</c>: health of a node and readiness for failover.</summary>
internal static class CheckCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The command.</summary>
    public static Command Build(TextWriter output)
    {
        var admin = SharedOptions.Admin();
        var command = new MeshCommand("check", "Check a node: one line per check, with the fix. Exit code 1 if any check is ×.")
        {
            Examples = ["gatewaymesh check", "gatewaymesh check --admin 10.0.0.5:15000"],
        };
        command.Add(admin);
        command.SetAction(parsed => Run(parsed.GetValue(admin)!, output));
        return command;
    }

    /// <summary>Checks the node at <paramref name="admin"/> and prints the findings.</summary>
    public static int Run(HostPort admin, TextWriter output)
    {
        var answer = AdminCall.Send(admin, "GET", "/status", null, Timeout);
        var findings = answer.NodeStatus is { } status
            ? NodeChecks.Of(status, admin, PrivateMemory.OfProcess)
            : [new Finding(Mark.Broken, "admin", $"{admin}: {answer.Problem}", answer.Fix)];
        foreach (var line in findings.SelectMany(finding => Lines(finding, Paint.For(output))))
        {
            output.WriteLine(line);
        }

        return findings.Any(finding => finding.Mark == Mark.Broken) ? ExitCode.Failed : ExitCode.Well;
    }

    private static IEnumerable<string> Lines(Finding finding, Paint paint)
    {
        var (sign, style) = finding.Mark switch
        {
            Mark.Well => ("√", TextStyle.Good),
            Mark.Warning => ("‼", TextStyle.Warn),
            _ => ("×", TextStyle.Bad),
        };
        // One line per check, so that `grep ×` shows the fix as well.
        yield return $"{paint.Text(sign, style)} {finding.Subject}: "
            + $"{finding.Text}{(finding.Fix is null ? "" : paint.Text($" → {finding.Fix}", TextStyle.Strong))}";
    }
}
