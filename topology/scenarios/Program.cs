using System.Globalization;
using GatewayMesh.Scenarios;

const string Usage = """
    usage: dotnet run --project topology/scenarios -- NAME [--seconds N] [--port-base PORT] [--binary FILE] [--json]

    Runs one scenario and prints one line per phase. NAME is one of:
    """;

var scenario = args.Length > 0 ? Scenarios.All.FirstOrDefault(each => each.Name == args[0]) : null;
if (scenario is null)
{
    Console.Error.WriteLine(Usage);
    foreach (var each in Scenarios.All)
    {
        Console.Error.WriteLine($"  {each.Name,-14} {each.Question}");
    }

    return args is ["--help" or "-h"] ? 0 : 2;
}

var root = AppContext.BaseDirectory;
while (!File.Exists(Path.Combine(root, "GatewayMesh.sln")))
{
    root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("no folder above contains GatewayMesh.sln");
}

var binary = Option("--binary") ?? Path.Combine(root, "artifacts", "gatewaymesh", "gatewaymesh");
if (!File.Exists(binary))
{
    Console.Error.WriteLine($"{binary} is missing; run ./build.sh publish");
    return 2;
}

var stage = new Stage(Path.Combine(root, "topology"), binary, Number("--port-base", 16100), Number("--seconds", 10));
var table = new Table(scenario, Console.Out, args.Contains("--json"));
try
{
    await foreach (var (phase, figures) in stage.RunAsync(scenario))
    {
        table.Add(phase, figures);
    }
}
catch (Exception failure) when (failure is InvalidOperationException or IOException or HttpRequestException)
{
    Console.Error.WriteLine(failure.Message); // a port in use, entries that the sidecar refuses, a sidecar that does not start
    return 1;
}

return 0;

string? Option(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

int Number(string option, int otherwise) => Option(option) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
