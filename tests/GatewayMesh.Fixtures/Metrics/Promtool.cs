using System.Diagnostics;

namespace GatewayMesh.Fixtures.Metrics;

/// <summary>The program <c>promtool</c> of Prometheus.</summary>
public static class Promtool
{
    /// <summary>Checks a page of metrics: its syntax, and Prometheus' rules for names and help texts.</summary>
    public static Task<(int ExitCode, string Output)> CheckAsync(string metrics) => RunAsync(metrics, "check", "metrics");

    /// <summary>Runs the program to its end.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="arguments">Arguments.</param>
    public static async Task<(int ExitCode, string Output)> RunAsync(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
        process.StandardInput.Close();
        await process.WaitForExitAsync().ConfigureAwait(false);
        return (process.ExitCode, await output.ConfigureAwait(false) + await errors.ConfigureAwait(false));
    }
}
