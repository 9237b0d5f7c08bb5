using System.CommandLine;
using GatewayMesh.Admin.Documents;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Calls;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Commands.Drain;

/// <summary><c>gatewaymesh drain</c>: takes a node out of the mesh without a failed request, and back.</summary>
internal static class DrainCommand
{
    /// <summary>The command.</summary>
    public static Command Build(TextWriter output)
    {
        var admin = SharedOptions.Admin();
        var undo = new Option<bool>("--undo") { Description = "Return the node to the mesh." };
        var timeout = SharedOptions.Duration("--timeout", "Time to wait for the drain to complete.", TimeSpan.FromSeconds(60));
        var command = new MeshCommand(
            "drain", "Deregister the node, finish requests in flight, and let the gateways carry its traffic. --undo returns it.")
        {
            Examples = ["gatewaymesh drain", "gatewaymesh drain --undo", "gatewaymesh drain --admin 10.0.0.5:15000 --timeout 5m"],
        };
        command.Add(admin);
        command.Add(undo);
        command.Add(timeout);
        command.SetAction(
            parsed => Run(parsed.GetValue(admin)!, parsed.GetValue(undo), parsed.GetValue(timeout).Value, output, TimeProvider.System));
        return command;
    }

    /// <summary>Sends the order and waits until it completes.</summary>
    public static int Run(HostPort admin, bool undo, TimeSpan timeout, TextWriter output, TimeProvider time)
    {
        var order = new AdminOrder(admin, output, time);
        var before = order.Give("/drain", new DrainOrder(undo).ToText());
        output.WriteLine(undo ? $"{before.Node} is returning" : $"{before.Node} is draining");
        var done = order.Follow(timeout, undo ? IsBack : IsDrained, goneIsDone: !undo && before.GuardPid is null);
        if (!done)
        {
            output.WriteLine(
                $"not done after {DurationText.Format(timeout)}; it continues in the background: see `gatewaymesh status --admin {admin}`");
            return ExitCode.Failed;
        }

        output.WriteLine(undo ? $"{before.Node} serves again" : $"{before.Node} is drained");
        return ExitCode.Well;
    }

    /// <summary>True when no worker is left, or the last one is idle and the guard carries.</summary>
    internal static bool IsDrained(NodeStatus status) => status.WorkerPid is null && !status.IsLeased;

    private static bool IsBack(NodeStatus status) => status.Lease is null || status.IsLeased;
}
