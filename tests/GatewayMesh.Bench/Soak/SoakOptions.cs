using System.Globalization;

namespace GatewayMesh.Bench.Soak;

/// <summary>Options of the command line.</summary>
internal sealed record SoakOptions
{
    /// <summary>Text for users.</summary>
    public const string Help = """
        Usage: ./build.sh soak [--minutes N] [--connections N] [--rate N] [--idle N]

          --minutes N      duration of the load; default 10
          --connections N  keep-alive connections; default 1000
          --rate N         requests a second on each connection; default 20
          --idle N         instead of the load, this many idle connections, and the private memory of each

        Two sidecars with mTLS, of the published program. Ends with 1 if a request was lost, if a sidecar kept a descriptor, or if its private
        memory grew by more than a tenth and 4 MB from the first minute to the end.
        """;

    /// <summary>Duration of the load in minutes. Default: 10.</summary>
    public int Minutes { get; init; } = 10;

    /// <summary>Keep-alive connections. Default: 1,000.</summary>
    public int Connections { get; init; } = 1000;

    /// <summary>Requests a second on each connection. Default: 20.</summary>
    public int Rate { get; init; } = 20;

    /// <summary>Idle connections to measure instead. Default: none.</summary>
    public int? Idle { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="BenchException">An option is unknown or has no good value.</exception>
    public static SoakOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new SoakOptions();
        for (var index = 0; index < arguments.Count; index++)
        {
            var option = arguments[index];
            var value = ++index < arguments.Count ? arguments[index] : throw new BenchException($"{option} needs a value");
            options = option switch
            {
                "--minutes" => options with { Minutes = Number(option, value, 10_000) },
                "--connections" => options with { Connections = Number(option, value, 20_000) },
                "--rate" => options with { Rate = Number(option, value, 1_000) },
                "--idle" => options with { Idle = Number(option, value, 200_000) },
                _ => throw new BenchException($"unknown option {option}"),
            };
        }

        return options;
    }

    private static int Number(string option, string value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most
            ? number
            : throw new BenchException($"{option} takes a number from 1 to {most.ToString(CultureInfo.InvariantCulture)}, not '{value}'");
}
