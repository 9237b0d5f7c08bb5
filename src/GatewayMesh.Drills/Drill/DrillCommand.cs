using System.CommandLine;
using System.Net;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Drills.Faults;
using GatewayMesh.Drills.Load;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;
using GatewayMesh.Terminal.Output;

namespace GatewayMesh.Drills.Drill;

/// <summary><c>gatewaymesh drill</c>: a load with a fault at a known second, and a report of what the applications saw.</summary>
public static class DrillCommand
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(90);

    /// <summary>The command.</summary>
    public static Command Build(TextWriter output, TextWriter error)
    {
        var fault = new Argument<string>("FAULT") { Description = $"Fault to inject: {string.Join(", ", FaultNames.All)}." };
        fault.AcceptOnlyFromAmong(FaultNames.All);
        var admin = SharedOptions.Admin();
        var url = new Option<string>("--url") { Description = "URL to request.", DefaultValueFactory = _ => "http://payments/" };
        var via = SharedOptions.Address("--via", "Outbound address for the load. Default: the first outbound listener of the node.");
        var rate = SharedOptions.Number("--rate", "Requests per second, independent of the responses (open loop).", 500, 1, 100_000);
        var connections = SharedOptions.Number("--connections", "Keep-alive connections.", 20, 1, 1_000);
        var duration = SharedOptions.Duration(
            "--duration", "Duration of the load; extended if the fault needs more.", TimeSpan.FromSeconds(15));
        var at = SharedOptions.Duration("--fault-at", "Time of the fault after the start of the load.", TimeSpan.FromSeconds(3));
        var timeout = SharedOptions.Duration("--timeout", "Time after which a request counts as timed out.", TimeSpan.FromSeconds(5));
        var hold = SharedOptions.Duration(
            "--hold", "Duration of the fault (gateways-down, registry-down, command).", TimeSpan.FromSeconds(5));
        var begin = new Option<string>("--begin") { Description = "Shell command that starts the fault (command)." };
        var end = new Option<string>("--end") { Description = "Shell command that ends the fault; always run (command)." };
        var mayLose = SharedOptions.Number("--may-lose", "Number of requests the fault may fail (command).", 0, 0, 1_000_000);
        var replay = new Option<bool>("--replay") { Description = "Retry a refused or lost GET once." };
        var repeat = SharedOptions.Number("--repeat", "Number of runs. With several runs the medians are printed.", 1, 1, 100);
        var json = SharedOptions.Json("Print one JSON object per run.");
        var command = new MeshCommand(
            "drill",
            "Inject a fault into a running mesh under load and report what the applications saw. Exit code 1 if a promise is broken.")
        {
            Examples =
            [
                "gatewaymesh drill kill",
                "gatewaymesh drill hang --rate 1000 --connections 50 --duration 30s",
                "gatewaymesh drill kill --admin 127.0.0.1:15000 --via 127.0.0.1:15001 --url http://payments/ --repeat 5",
                "gatewaymesh drill command --begin 'ip link set eth1 down' --end 'ip link set eth1 up' --hold 10s",
            ],
        };
        command.Add(fault);
        foreach (
            var option in (Option[])[
                admin, url, via, rate, connections, duration, at, timeout, hold, begin, end, mayLose, replay, repeat, json])
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            var address = parsed.GetValue(admin)!;
            var mesh = new MeshAccess(address);
            var (host, path) = Url(parsed.GetValue(url)!);
            var spec = new DrillSpec
            {
                Fault = FaultNames.Parse(parsed.GetValue(fault)!),
                FaultAt = parsed.GetValue(at).Value,
                Hold = parsed.GetValue(hold).Value,
                Order = Order(
                    FaultNames.Parse(parsed.GetValue(fault)!),
                    parsed.GetValue(begin),
                    parsed.GetValue(end),
                    parsed.GetValue(hold).Value,
                    parsed.GetValue(mayLose)),
                Load = new LoadSpec
                {
                    Target = Target(parsed.GetValue(via), mesh, address),
                    Host = host,
                    Path = path,
                    Rate = parsed.GetValue(rate),
                    Connections = parsed.GetValue(connections),
                    Duration = parsed.GetValue(duration).Value,
                    Timeout = parsed.GetValue(timeout).Value,
                    Replay = parsed.GetValue(replay),
                },
            };
            using var interrupted = new Interruption();
            return Run(Lengthened(spec, error), mesh, parsed.GetValue(repeat), parsed.GetValue(json), output, error, interrupted.Token);
        });
        return command;
    }

    /// <summary>Runs the drill <paramref name="repeat"/> times.</summary>
    internal static int Run(
        DrillSpec spec, IMeshAccess mesh, int repeat, bool json, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var results = new List<DrillResult>();
        for (var run = 0; run < repeat && !cancellation.IsCancellationRequested; run++)
        {
            AwaitReady(mesh, error, cancellation);
            var result = new DrillRun(spec, mesh, TimeProvider.System).Run(cancellation);
            results.Add(result);
            if (json)
            {
                output.WriteLine(DrillJson.Of(result));
            }
            else
            {
                DrillText.Write(result, output);
            }
        }

        if (repeat > 1 && !json)
        {
            foreach (var line in Medians.Table(results).Lines(Paint.For(output)))
            {
                output.WriteLine(line);
            }
        }

        return results.Count == repeat && results.All(result => result.Broken.IsEmpty) ? ExitCode.Well : ExitCode.Failed;
    }

    /// <summary>Host and path of an http URL.</summary>
    internal static (string Host, string Path) Url(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == "http"
            ? (url.Authority, url.PathAndQuery)
            : throw new CommandFailure(ExitCode.Usage, $"--url '{text}' must be http://SERVICE/PATH, for example http://payments/");

    /// <summary>Extends the load to what the fault needs, and reports the change.</summary>
    internal static DrillSpec Lengthened(DrillSpec spec, TextWriter error)
    {
        if (spec.Load.Duration >= spec.ShortestLoad)
        {
            return spec;
        }

        error.WriteLine($"the load is extended to {DurationText.Format(spec.ShortestLoad)} for {spec.Fault.Word()}");
        return spec with { Load = spec.Load with { Duration = spec.ShortestLoad } };
    }

    /// <summary>The shell commands of a command fault; null for every other fault.</summary>
    internal static ShellOrder? Order(FaultKind fault, string? begin, string? end, TimeSpan hold, int mayLose) => (fault, begin, end) switch
    {
        (FaultKind.Command, not null, not null) => new ShellOrder(begin, end, hold, mayLose),
        (FaultKind.Command, _, _) =>
            throw new CommandFailure(
                ExitCode.Usage,
                "`drill command` requires --begin and --end, for example --begin 'ip link set eth1 down' --end 'ip link set eth1 up'"),
        (_, null, null) => null,
        _ => throw new CommandFailure(ExitCode.Usage, $"--begin and --end apply to `drill command` only; remove them for {fault.Word()}"),
    };

    private static IPEndPoint Target(HostPort? via, MeshAccess mesh, HostPort admin)
    {
        if (via is null)
        {
            var status = mesh.Read()
                ?? throw new CommandFailure(ExitCode.Failed, $"no status from {admin}; check that a node is running there");
            var listener = status.Listeners.FirstOrDefault(each => each.Name.StartsWith("outbound/", StringComparison.Ordinal));
            via = HostPort.TryParse(listener?.Address, out var address)
                ? address
                : throw new CommandFailure(
                    ExitCode.Usage, $"{status.Node} does not report its outbound addresses; set one with --via HOST:PORT");
        }

        return via.ToEndPoint() switch
        {
            IPEndPoint target => target,
            _ => throw new CommandFailure(ExitCode.Usage, $"--via '{via}' must be an IP address and a port"),
        };
    }

    // A drill on an unhealthy mesh shows nothing; after a crash loop the lease may take a while.
    private static void AwaitReady(IMeshAccess mesh, TextWriter error, CancellationToken cancellation)
    {
        var announced = false;
        var ready = Waiting.Until(
            () =>
            {
                var isReady = mesh.Read() is { Tier: "sidecar", Lease: null or { State: "leased" } };
                if (!isReady && !announced)
                {
                    error.WriteLine("waiting for the sidecar to serve its own traffic");
                    announced = true;
                }

                return isReady;
            },
            TimeSpan.FromMilliseconds(200),
            ReadyLimit,
            TimeProvider.System,
            cancellation);
        if (!ready)
        {
            throw new CommandFailure(
                ExitCode.Failed,
                $"the sidecar did not serve its own traffic within {DurationText.Format(ReadyLimit)}; run `gatewaymesh check`");
        }
    }
}
