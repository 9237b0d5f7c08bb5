using System.CommandLine;

namespace GatewayMesh.Commands.Intention;

/// <summary><c>gatewaymesh intention</c>: who may call whom.</summary>
internal static class IntentionCommand
{
    /// <summary>The command with its parts.</summary>
    public static Command Build(TextWriter output)
    {
        var command = new MeshCommand("intention", "Who may call whom: ask the intentions in use.") { Examples = ["gatewaymesh intention check web payments"] };
        command.Add(IntentionCheckCommand.Build(output));
        return command;
    }
}
