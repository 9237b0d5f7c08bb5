using System.Globalization;

namespace GatewayMesh.Bench.Runs;

/// <summary>Options of the command line.</summary>
internal sealed record BenchOptions
{
    /// <summary>Text for users.</summary>
    public const string Help = """
        Usage: ./build.sh bench [--rounds N] [--seconds N] [--only NAME,...] [--quick] [--json FILE]

          --rounds N     rounds, each with all peers in another order; default 5
          --seconds N    seconds of one measurement; default 6
          --quick        one round of 2 seconds, to see that everything runs
          --json FILE    also write the JSON report to this file
          --only NAME,…  figures to measure, by default all of these: 
        """;

    /// <summary>Rounds. Default: 5.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Seconds of a measurement. Default: 6.</summary>
    public int Seconds { get; init; } = 6;

    /// <summary>Names of the figures to measure. Default: all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Additional file of the JSON report. Default: none.</summary>
    public string? Json { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="BenchException">An option is unknown or has no good value.</exception>
    public static BenchOptions Parse(IReadOnlyList<string> arguments, IReadOnlyCollection<string> names)
    {
        var options = new BenchOptions();
        for (var index = 0; index < arguments.Count; index++)
        {
            var option = arguments[index];
            string Value() => ++index < arguments.Count ? arguments[index] : throw new BenchException($"{option} needs a value");
            options = option switch
            {
                "--rounds" => options with { Rounds = Number(option, Value()) },
                "--seconds" => options with { Seconds = Number(option, Value()) },
                "--only" => options with { Only = Names(Value(), names) },
                "--quick" => options with { Rounds = 1, Seconds = 2 },
                "--json" => options with { Json = Path.GetFullPath(Value()) },
                _ => throw new BenchException($"unknown option {option}"),
            };
        }

        return options;
    }

    private static int Number(string option, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1000
            ? number
            : throw new BenchException($"{option} takes a number from 1 to 1000, not '{value}'");

    private static IReadOnlyList<string> Names(string value, IReadOnlyCollection<string> names)
    {
        var wanted = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var unknown = wanted.Where(name => !names.Contains(name)).ToList();
        return unknown.Count == 0 && wanted.Length > 0
            ? wanted
            : throw new BenchException($"--only takes names of {string.Join(", ", names)}, not '{value}'");
    }
}
