using System.CommandLine;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Calls;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Commands.Drain;

/// <summary><c>gatewaymesh upgrade</c>: the binary on disk takes over from the running process without a failed request.</summary>
internal static class UpgradeCommand
{
    /// <summary>The command.</summary>
    public static Command Build(TextWriter output)
    {
        var admin = SharedOptions.Admin();
        var timeout = SharedOptions.Duration("--timeout", "Time to wait for the new worker.", TimeSpan.FromSeconds(30));
        var command = new MeshCommand("upgrade", "Replace the running process with the binary on disk.")
        {
            Examples = ["gatewaymesh upgrade", "gatewaymesh upgrade --admin 10.0.0.5:15000"],
        };
        command.Add(admin);
        command.Add(timeout);
        command.SetAction(parsed => Run(parsed.GetValue(admin)!, parsed.GetValue(timeout).Value, output, TimeProvider.System));
        return command;
    }

    /// <summary>Sends the order and waits until the new worker serves.</summary>
    public static int Run(HostPort admin, TimeSpan timeout, TextWriter output, TimeProvider time)
    {
        var order = new AdminOrder(admin, output, time);
        var before = order.Give("/upgrade", "{}");
        output.WriteLine($"{before.Node} upgrades from {before.Version}, worker {before.WorkerPid}");
        NodeStatus? after = null;
        var done = order.Follow(timeout, status => UpgradeProgress.HasEnded(before, after = status), goneIsDone: false);
        if (!done)
        {
            output.WriteLine($"the upgrade did not finish within {DurationText.Format(timeout)}; see the log of {before.Node}");
            return ExitCode.Failed;
        }

        if (after!.Upgrade is { Well: false } failed)
        {
            output.WriteLine($"the upgrade failed: {failed.Reason}");
            return ExitCode.Failed;
        }

        output.WriteLine($"{after.Node} serves with {after.Version}, worker {after.WorkerPid}");
        return ExitCode.Well;
    }
}
