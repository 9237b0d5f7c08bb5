using System.Globalization;

namespace GatewayMesh.Bench.Writes;

/// <summary>Options of the command line.</summary>
internal sealed record WritesOptions
{
    /// <summary>Text for users.</summary>
    public const string Help = """
        Usage: dotnet run --project tests/GatewayMesh.Bench -c Release -- writes [--rounds N]

          --rounds N  writes of each kind; default 101

        The time from a write in a Consul agent until the snapshot of a sidecar is in use, for each kind of write. Needs the program consul.
        """;

    /// <summary>Writes of each kind. Default: 101.</summary>
    public int Rounds { get; init; } = 101;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="BenchException">An option is unknown or has no good value.</exception>
    public static WritesOptions Parse(IReadOnlyList<string> arguments) => arguments switch
    {
        [] => new(),
        ["--rounds", var value] => new() { Rounds = Number(value) },
        ["--rounds"] => throw new BenchException("--rounds needs a value"),
        ["--rounds", _, var option, ..] => throw new BenchException($"unknown option {option}"),
        [var option, ..] => throw new BenchException($"unknown option {option}"),
    };

    private static int Number(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 10_000
            ? number
            : throw new BenchException($"--rounds takes a number from 1 to 10000, not '{value}'");
}
