using System.CommandLine;
using GatewayMesh.Drills.Processes;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Demo;

/// <summary><c>gatewaymesh demo</c>: a whole mesh on this machine, with traffic and faults.</summary>
public static class DemoCommand
{
    /// <summary>The command.</summary>
    public static Command Build(TextWriter output, TextWriter error)
    {
        var registry = new Option<string>("--registry")
        {
            Description = "Registry of the mesh: a folder of files, or a Consul that the demo starts (install it with ops/get-consul.sh).",
            HelpName = "file|consul",
            DefaultValueFactory = _ => "file",
        };
        registry.AcceptOnlyFromAmong("file", "consul");
        var duration = SharedOptions.Duration(
            "--duration", "Duration of the demo. The faults come at fixed fractions of it.", TimeSpan.FromSeconds(60));
        var portBase = SharedOptions.Number(
            "--port-base", $"Lowest port. The demo uses ports up to {DemoPlan.Span} above it.", 15000, 1024, 65535 - DemoPlan.Span);
        var dataDir = new Option<string?>("--data-dir")
        {
            Description = "Folder for files and logs, kept at the end. Default: a temporary folder, removed at the end.",
            HelpName = "DIR",
        };
        var noFaults = new Option<bool>("--no-faults") { Description = "Run the mesh without traffic or faults." };
        var json = SharedOptions.Json("Print one JSON line when the mesh is ready and one with the results.");
        var command = new MeshCommand(
            "demo", "Run a whole mesh on this machine: three hosts, two gateways, an ingress, traffic, and faults.")
        {
            Examples = [
                "gatewaymesh demo",
                "gatewaymesh demo --duration 2m --data-dir ./demo",
                "gatewaymesh demo --registry consul",
                "gatewaymesh demo --no-faults --json --duration 1h"],
        };
        foreach (var option in (Option[])[registry, duration, portBase, dataDir, noFaults, json])
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            var spec = new DemoSpec
            {
                Duration = parsed.GetValue(duration).Value,
                PortBase = parsed.GetValue(portBase),
                DataDir = parsed.GetValue(dataDir),
                Consul = parsed.GetValue(registry) == "consul",
                Json = parsed.GetValue(json),
                NoFaults = parsed.GetValue(noFaults),
            };
            return Run(spec, output, error);
        });
        return command;
    }

    /// <summary>Runs the demo until the duration ends or a signal stops it.</summary>
    internal static int Run(DemoSpec spec, TextWriter output, TextWriter error)
    {
        var plan = new DemoPlan(spec.PortBase)
        {
            Consul = spec.Consul ? new DemoConsul(spec.PortBase + DemoPlan.ConsulOffset, DemoConsul.FindProgram()) : null,
        };
        var taken = PortCheck.Taken(plan.Ports);
        if (taken.Count > 0)
        {
            error.WriteLine($"gatewaymesh: port {string.Join(", ", taken)} on 127.0.0.1 is in use; nothing was started.");
            error.WriteLine("Free the port, or use other ports: gatewaymesh demo --port-base 25000");
            return ExitCode.Bind;
        }

        using var interrupted = new Interruption();
        using var folder = new DemoFolder(spec.DataDir);
        return new DemoRun(spec, plan, folder.Path, output, error, TimeProvider.System).Run(interrupted.Token);
    }
}
