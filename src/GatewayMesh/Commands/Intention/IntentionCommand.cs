using System.CommandLine;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Commands.Intention;

/// <summary><c>gatewaymesh intention</c>: permissions between services.</summary>
internal static class IntentionCommand
{
    /// <summary>The command with its subcommands.</summary>
    public static Command Build(TextWriter output)
    {
        var command = new MeshCommand("intention", "Query the intentions in use.")
        {
            Examples = ["gatewaymesh intention check web payments"],
        };
        command.Add(IntentionCheckCommand.Build(output));
        return command;
    }
}
