using System.Globalization;
using GatewayMesh.Bench.Runs;

namespace GatewayMesh.Bench.Cluster;

/// <summary>Options of the command <c>kubernetes</c>.</summary>
/// <param name="Services">Number of Services.</param>
/// <param name="Endpoints">Number of endpoints of each Service.</param>
/// <param name="Rounds">Number of changes.</param>
internal sealed record ClusterOptions(int Services, int Endpoints, int Rounds)
{
    /// <summary>Text of <c>--help</c>.</summary>
    public const string Help =
        """
        Time and memory of a node to its first snapshot of a large cluster, and the cost of one changed slice.
        The API server is a stub in the same process.

            dotnet run --project tests/GatewayMesh.Bench -c Release -- kubernetes [--services 5000] [--endpoints 10] [--rounds 20]
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="BenchException">An option is not known, or has no number.</exception>
    public static ClusterOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ClusterOptions(5000, 10, 20);
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 >= arguments.Count
                || !int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number is < 1 or > 100_000)
            {
                throw new BenchException($"{arguments[i]} needs a number from 1 to 100000");
            }

            options = arguments[i] switch
            {
                "--services" => options with { Services = number },
                "--endpoints" => options with { Endpoints = number },
                "--rounds" => options with { Rounds = number },
                var other => throw new BenchException($"{other} is not known; see --help"),
            };
        }

        return options;
    }
}
