using System.CommandLine;
using System.Globalization;
using GatewayMesh.Drills.Applications;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Drills.Demo.App;

/// <summary><c>gatewaymesh demo-app</c> (hidden): the applications of one demo host, in one process.</summary>
public static class DemoAppCommand
{
    /// <summary>The command.</summary>
    public static Command Build()
    {
        var node = new Option<string>("--node") { Required = true };
        var services = DemoPlan.Services.Select(
            service => (
                Service: service, Ports: new Option<string>($"--{service}") { Required = true, HelpName = "PORT:OUTBOUND" })).ToArray();
        var command = new MeshCommand(
            "demo-app", "Run the applications of one demo host: each service listens on PORT and calls the next through OUTBOUND.")
        {
            Hidden = true,
            Examples = ["gatewaymesh demo-app --node host-a --web 15021:15001 --payments 15022:15002 --ledger 15023:15003"],
        };
        command.Add(node);
        foreach (var (_, ports) in services)
        {
            command.Add(ports);
        }

        command.SetAction(parsed => Run(parsed.GetValue(node)!, [.. services.Select(service => Ports(parsed.GetValue(service.Ports)!))]));
        return command;
    }

    private static int Run(string node, (int Port, int Outbound)[] ports)
    {
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                UseCookies = false,
            }) { Timeout = TimeSpan.FromSeconds(10) };
        var servers = new List<AppServer>();
        for (var i = 0; i < ports.Length; i++)
        {
            var next = i + 1 < ports.Length ? DemoPlan.Services[i + 1] : null;
            servers.Add(
                new AppServer(ports[i].Port, new ChainService(DemoPlan.Services[i], node, client, next, ports[i].Outbound).AnswerAsync));
            servers[i].Start();
        }

        using var interrupted = new Interruption();
        interrupted.Token.WaitHandle.WaitOne();
        servers.ForEach(server => server.Dispose());
        return ExitCode.Well;
    }

    private static (int Port, int Outbound) Ports(string text) =>
        text.Split(':') is [var port, var outbound]
        && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var own)
        && int.TryParse(outbound, NumberStyles.None, CultureInfo.InvariantCulture, out var outboundPort)
            ? (own, outboundPort)
            : throw new CommandFailure(ExitCode.Usage, $"'{text}' must be PORT:OUTBOUND");
}
