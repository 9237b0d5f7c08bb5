using System.CommandLine;

namespace GatewayMesh.Commands.Validate;

/// <summary>How <c>gatewaymesh validate</c> is called; <see cref="ValidateCommand"/> is what it does.</summary>
internal static class ValidateSyntax
{
    /// <summary>The command.</summary>
    public static Command Build(TextWriter output)
    {
        var paths = new Argument<string[]>("FILE|DIR") { Description = "Bootstrap files, files of entries, or folders of a registry.", Arity = ArgumentArity.OneOrMore };
        var json = SharedOptions.Json("Print one JSON object with every error.");
        var command = new MeshCommand("validate", "Check files without starting anything: every error with file, line, path and fix. Exit code 2 if there is one.")
        {
            Examples = ["gatewaymesh validate /etc/gatewaymesh/host-a.yaml", "gatewaymesh validate topology/demo topology/demo/registry"],
        };
        command.Add(paths);
        command.Add(json);
        command.SetAction(parsed => ValidateCommand.Run(parsed.GetValue(paths)!, output, parsed.GetValue(json)));
        return command;
    }
}
