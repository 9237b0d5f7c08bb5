using System.CommandLine;
using GatewayMesh.Drills.Processes;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Scenarios;

/// <summary><c>gatewaymesh scenario</c>: shows a routing rule or a policy with a sidecar, applications, and a load.</summary>
public static class ScenarioCommand
{
    private const int DefaultPortBase = 16100;
    private const int PortSpan = 99;

    /// <summary>The command.</summary>
    public static Command Build(TextWriter output, TextWriter error)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = $"Scenario to run: {string.Join(", ", ScenarioTable.All.Select(scenario => scenario.Name))}.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var list = new Option<bool>("--list") { Description = "List the scenarios with their questions." };
        var seconds = SharedOptions.Number("--seconds", "Length of each phase, in seconds.", 10, 1, 3600);
        var portBase = SharedOptions.Number(
            "--port-base", $"First port; the scenario uses ports up to {PortSpan} above it.", DefaultPortBase, 1024, 65535 - PortSpan);
        var topology = new Option<string?>("--topology")
        {
            Description = "Folder with the files of the scenarios. Default: topology in this folder or above, else above the program.",
            HelpName = "DIR",
        };
        var json = SharedOptions.Json("Print one JSON line per phase, or per scenario with --list.");
        var command = new MeshCommand(
            "scenario", "Run a sidecar, applications, and a load that show a routing rule or a policy. Prints one line per phase.")
        {
            Examples =
            [
                "gatewaymesh scenario --list",
                "gatewaymesh scenario canary",
                "gatewaymesh scenario overload --seconds 30 --json",
                "gatewaymesh scenario flaky --port-base 26100 --topology ~/gatewaymesh/topology",
            ],
        };
        command.Add(name);
        foreach (var option in (Option[])[list, seconds, portBase, topology, json])
        {
            command.Add(option);
        }

        command.SetAction(parsed => parsed.GetValue(list)
            ? List(parsed.GetValue(json), output)
            : Run(
                Find(parsed.GetValue(name)),
                parsed.GetValue(topology),
                parsed.GetValue(portBase),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                parsed.GetValue(json),
                output,
                error));
        return command;
    }

    /// <summary>The scenario of this name.</summary>
    /// <exception cref="CommandFailure">No name, or there is no such scenario; the message lists all names.</exception>
    internal static Scenario Find(string? name)
    {
        var names = string.Join(", ", ScenarioTable.All.Select(scenario => scenario.Name));
        return name is null
            ? throw new CommandFailure(ExitCode.Usage, $"`scenario` requires a name; use one of {names}")
            : ScenarioTable.Find(name)
                ?? throw new CommandFailure(ExitCode.Usage, $"there is no scenario '{name}'; use one of {names}");
    }

    /// <summary>The folder <c>topology</c> that has the files of a scenario.</summary>
    /// <param name="scenario">Name of the scenario.</param>
    /// <param name="named">The folder from the command line; null to look for it.</param>
    /// <param name="starts">Folders to look in, and above.</param>
    /// <exception cref="CommandFailure">No folder has the files.</exception>
    internal static string Topology(string scenario, string? named, params ReadOnlySpan<string> starts)
    {
        var found = named is null ? ScenarioFiles.Find(scenario, starts) : ScenarioFiles.Holds(named, scenario) ? named : null;
        var where = named is null ? "no folder here or above has" : $"{named} does not have";
        return found ?? throw new CommandFailure(
            ExitCode.Usage,
            $"{where} the files topology/{scenario}; run the command in a clone of the repository, or name its folder topology with "
                + $"--topology DIR");
    }

    private static int List(bool json, TextWriter output)
    {
        foreach (var scenario in ScenarioTable.All)
        {
            output.WriteLine(
                json
                    ? ScenarioJson.Line([("name", scenario.Name), ("question", scenario.Question)])
                    : $"{scenario.Name,-14} {scenario.Question}");
        }

        return ExitCode.Well;
    }

    private static int Run(
        Scenario scenario, string? topology, int portBase, TimeSpan phaseLength, bool json, TextWriter output, TextWriter error)
    {
        var folder = Topology(scenario.Name, topology, Environment.CurrentDirectory, AppContext.BaseDirectory);
        var files = new ScenarioFiles(Path.Combine(folder, scenario.Name), portBase);
        var run = new ScenarioRun(scenario, files, portBase, phaseLength, TimeProvider.System);
        if (PortCheck.Taken(run.Ports) is { Count: > 0 } taken)
        {
            error.WriteLine($"gatewaymesh: port {string.Join(", ", taken)} on 127.0.0.1 is in use; nothing was started.");
            var other = portBase < 30000 ? portBase + 10000 : portBase - 10000;
            error.WriteLine($"Free the port, or use other ports: gatewaymesh scenario {scenario.Name} --port-base {other}");
            return ExitCode.Bind;
        }

        using var interrupted = new Interruption();
        var report = new ScenarioReport(scenario, json, output);
        try
        {
            run.RunAsync(report.Add, interrupted.Token).GetAwaiter().GetResult();
            return ExitCode.Well;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
    }
}
