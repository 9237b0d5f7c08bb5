using System.Globalization;
using GatewayMesh.Bench.Loads;
using GatewayMesh.Bench.Runs;

namespace GatewayMesh.Bench.Writes;

/// <summary>The command <c>writes</c>: times from a write in Consul to its use.</summary>
internal static class WritesCommand
{
    /// <summary>Runs the measurement: 0 after a whole run, whatever the times; 1 when the run failed; 2 for bad usage.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--help"] or ["-h"])
        {
            Console.WriteLine(WritesOptions.Help);
            return 0;
        }

        WritesOptions options;
        try
        {
            options = WritesOptions.Parse(arguments);
        }
        catch (BenchException error)
        {
            await Console.Error.WriteLineAsync($"writes: {error.Message}");
            return 2;
        }

        return await Interruptible.RunAsync("writes", async end =>
        {
            await using var mesh = await WriteToUse.StartAsync();
            foreach (var write in ConsulWrite.All)
            {
                Console.WriteLine(Line(write.Name, await mesh.MeasureAsync(write, options.Rounds, end)));
            }

            return 0;
        });
    }

    /// <summary>Line of the report about one kind of write.</summary>
    /// <param name="name">Name of the kind.</param>
    /// <param name="milliseconds">Time of each round.</param>
    internal static string Line(string name, IReadOnlyList<double> milliseconds)
    {
        var times = new RequestTimes(milliseconds);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: median {times.Percentile(0.5):0.0} ms, p90 {times.Percentile(0.9):0.0} ms, longest {times.Percentile(1):0.0} ms "
                + $"of {milliseconds.Count}");
    }
}
