using System.CommandLine;
using GatewayMesh.Commands.Status;
using GatewayMesh.Commands.Terminal;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Commands.Check;

/// <summary><c>gatewaymesh check</c>: is this node fit, and would its traffic survive its sidecar?</summary>
internal static class CheckCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The command.</summary>
    public static Command Build(TextWriter output)
    {
        var admin = SharedOptions.Admin();
        var command = new MeshCommand("check", "Check a node: one line a check, and what to do about it. Exit code 1 if one is ×.")
        {
            Examples = ["gatewaymesh check", "gatewaymesh check --admin 10.0.0.5:15000"],
        };
        command.Add(admin);
        command.SetAction(parsed => Run(parsed.GetValue(admin)!, output));
        return command;
    }

    /// <summary>Asks <paramref name="admin"/> and prints what it finds.</summary>
    public static int Run(HostPort admin, TextWriter output)
    {
        var answer = AdminCall.Send(admin, "GET", "/status", null, Timeout);
        var findings = answer.IsWell && StatusReader.Read(answer.Body) is { } status
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
        var (sign, hue) = finding.Mark switch
        {
            Mark.Well => ("√", Hue.Good),
            Mark.Warning => ("‼", Hue.Warn),
            _ => ("×", Hue.Bad),
        };
        // One line a check, so that `grep ×` finds the fix as well.
        yield return $"{paint.Text(sign, hue)} {finding.Subject}: {finding.Text}{(finding.Fix is null ? "" : paint.Text($" → {finding.Fix}", Hue.Strong))}";
    }
}
