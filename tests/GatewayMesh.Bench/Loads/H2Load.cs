using GatewayMesh.Bench.Processes;

namespace GatewayMesh.Bench.Loads;

/// <summary>Runs h2load, the client of every measurement.</summary>
internal static class H2Load
{
    /// <summary>Sends a load and returns its summary.</summary>
    /// <exception cref="BenchException">More than one request in a hundred failed.</exception>
    public static async Task<LoadResult> RunAsync(Load load, int port, int seconds, string log, CancellationToken end)
    {
        var output = await Tool.OutputAsync("h2load", load.Arguments(port, seconds, log), end);
        var result = LoadResult.Parse(output);
        return result.Requests > 0 && result.Failures * 100 <= result.Requests
            ? result
            : throw new BenchException($"{result.Failures} of {result.Requests} requests failed:\n{output}");
    }
}
