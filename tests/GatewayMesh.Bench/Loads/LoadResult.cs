using System.Globalization;
using System.Text.RegularExpressions;

namespace GatewayMesh.Bench.Loads;

/// <summary>The summary that h2load prints.</summary>
/// <param name="Requests">Completed requests.</param>
/// <param name="Successes">Responses with a status from 200 to 299.</param>
/// <param name="Seconds">Duration.</param>
/// <param name="Bytes">Bytes of all bodies.</param>
internal sealed partial record LoadResult(long Requests, long Successes, double Seconds, long Bytes)
{
    /// <summary>Completed requests with another status. The successes count heads of responses whose bodies were cut at the end.</summary>
    public long Failures => Math.Max(0, Requests - Successes);

    /// <summary>Reads the output of h2load.</summary>
    /// <exception cref="FormatException">The output has no summary.</exception>
    public static LoadResult Parse(string output)
    {
        var requests = Match(Counts(), output);
        var statuses = Match(Statuses(), output);
        var finished = Match(Finished(), output);
        var traffic = Match(Traffic(), output);
        var seconds = double.Parse(finished.Groups[1].Value, CultureInfo.InvariantCulture) * Unit(finished.Groups[2].Value);
        return new(Number(requests), Number(statuses), seconds, Number(traffic));
    }

    private static double Unit(string unit) => unit switch
    {
        "us" => 1e-6,
        "ms" => 1e-3,
        "m" => 60,
        _ => 1,
    };

    private static long Number(Match match) => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    private static Match Match(Regex line, string output) => line.Match(output) is { Success: true } found
        ? found
        : throw new FormatException($"h2load printed no summary:\n{output}");

    [GeneratedRegex(@"requests: \d+ total, \d+ started, (\d+) done")]
    private static partial Regex Counts();

    [GeneratedRegex(@"status codes: (\d+) 2xx")]
    private static partial Regex Statuses();

    [GeneratedRegex(@"finished in ([\d.]+)(us|ms|s|m),")]
    private static partial Regex Finished();

    [GeneratedRegex(@"\((\d+)\) data")]
    private static partial Regex Traffic();
}
