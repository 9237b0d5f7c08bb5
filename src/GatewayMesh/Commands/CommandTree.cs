using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using GatewayMesh.Commands.Ca;
using GatewayMesh.Commands.Check;
using GatewayMesh.Commands.Drain;
using GatewayMesh.Commands.Explain;
using GatewayMesh.Commands.Intention;
using GatewayMesh.Commands.Status;
using GatewayMesh.Commands.Validate;
using GatewayMesh.Commands.Version;
using GatewayMesh.Drills.Demo;
using GatewayMesh.Drills.Demo.App;
using GatewayMesh.Drills.Drill;
using GatewayMesh.Drills.Scenarios;
using GatewayMesh.Startup;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Calls;
using GatewayMesh.Terminal.Commands;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Commands;

/// <summary>The tree of all commands. Roles are separate: see <see cref="RoleLine"/>.</summary>
internal static class CommandTree
{
    private const string Description =
        """
        A service mesh whose applications do not notice a broken sidecar: its gateway carries them.

        To play a role:
          gatewaymesh --role sidecar|gateway|ingress [--config FILE] [--node NAME] [--cluster NAME] [--registry URI]
                      [--data-dir DIR] [--admin HOST:PORT] [--no-guard] [--require-registry]
                      [--sidecar-for ID] [--set path=value ...]

        Exit codes: 0 well; 1 a check or drill failed; 2 bad usage or configuration; 3 an address cannot be bound;
        4 the registry cannot be reached and there is no last good snapshot (only with --require-registry).
        """;

    private static readonly string[] RootExamples =
    [
        "gatewaymesh demo",
        "gatewaymesh --role sidecar --config /etc/gatewaymesh/host-a.yaml",
        "gatewaymesh status --admin 127.0.0.1:15000",
    ];

    /// <summary>Runs the command in <paramref name="args"/> and returns the exit code.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        (output, error) = (SafeWriter.Over(output), SafeWriter.Over(error));
        var root = Build(output, error);
        if (args.Length == 0)
        {
            root.Parse(["--help"]).Invoke(Plain(error));
            return ExitCode.Usage;
        }

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples)
        {
            foreach (var problem in parsed.Errors)
            {
                error.WriteLine($"gatewaymesh: {problem.Message}");
            }

            error.WriteLine($"`{Line(parsed)} --help` shows usage.");
            return ExitCode.Usage;
        }

        try
        {
            return parsed.Invoke(Plain(output));
        }
        catch (CommandFailure failure)
        {
            error.WriteLine($"gatewaymesh: {failure.Message}");
            return failure.ExitCode;
        }
    }

    // Exceptions and signals are handled here: a command that starts processes must end them itself.
    private static InvocationConfiguration Plain(TextWriter output) =>
        new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = output };

    /// <summary>Builds the tree. Commands write to <paramref name="output"/> and <paramref name="error"/>.</summary>
    internal static RootCommand Build(TextWriter output, TextWriter error)
    {
        var root = new RootCommand(Description)
        {
            DemoCommand.Build(output, error),
            ValidateSyntax.Build(output),
            CheckCommand.Build(output),
            StatusCommand.Build(output),
            ExplainCommand.Build(output),
            IntentionCommand.Build(output),
            DrainCommand.Build(output),
            UpgradeCommand.Build(output),
            DrillCommand.Build(output, error),
            ScenarioCommand.Build(output, error),
            CaCommand.Build(output),
            VersionCommand.Build(output),
            DemoAppCommand.Build(),
        };
        root.Add(ShownToken.Option());
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, RootExamples);
        root.Options.OfType<VersionOption>().Single().Action = new VersionCommand.Print(output);
        return root;
    }

    private static string Line(ParseResult parsed)
    {
        var words = new List<string>();
        for (var command = parsed.CommandResult; command is not null; command = command.Parent as CommandResult)
        {
            words.Insert(0, command.Command is MeshCommand named ? named.Name : "gatewaymesh");
        }

        return string.Join(' ', words);
    }
}
