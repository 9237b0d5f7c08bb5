using System.CommandLine;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Commands.Validate;

/// <summary>Syntax of <c>gatewaymesh validate</c>. <see cref="ValidateCommand"/> does the work.</summary>
internal static class ValidateSyntax
{
    /// <summary>The command.</summary>
    public static Command Build(TextWriter output)
    {
        var paths = new Argument<string[]>("FILE|DIR")
        {
            Description = "Bootstrap files, entry files, or registry folders.",
            Arity = ArgumentArity.OneOrMore,
        };
        var json = SharedOptions.Json("Print one JSON object with every error.");
        var command = new MeshCommand(
            "validate", "Validate files without starting anything: every error with file, line, path and fix. Exit code 2 on any error.")
        {
            Examples = ["gatewaymesh validate /etc/gatewaymesh/host-a.yaml", "gatewaymesh validate topology/demo topology/demo/registry"],
        };
        command.Add(paths);
        command.Add(json);
        command.SetAction(parsed => ValidateCommand.Run(parsed.GetValue(paths)!, output, parsed.GetValue(json)));
        return command;
    }
}
