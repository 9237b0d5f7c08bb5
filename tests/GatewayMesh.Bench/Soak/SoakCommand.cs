using GatewayMesh.Bench.Runs;

namespace GatewayMesh.Bench.Soak;

/// <summary>The command <c>soak</c>.</summary>
internal static class SoakCommand
{
    /// <summary>Runs the soak: 0 if it passed, 1 if it failed, 2 for bad usage.</summary>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["--help"] or ["-h"])
        {
            Console.WriteLine(SoakOptions.Help);
            return 0;
        }

        SoakOptions options;
        try
        {
            options = SoakOptions.Parse(arguments);
        }
        catch (BenchException error)
        {
            await Console.Error.WriteLineAsync($"soak: {error.Message}");
            return 2;
        }

        return await Interruptible.RunAsync("soak", async end =>
        {
            var passed = await new SoakRun(options, Published.Program(), new Progress()).RunAsync(end);
            Console.WriteLine(passed ? "soak passed" : "soak failed");
            return passed ? 0 : 1;
        });
    }
}
