using System.Diagnostics;

namespace GatewayMesh.Bench.Processes;

/// <summary>Runs a program to its end.</summary>
internal static class Tool
{
    /// <summary>Standard output, and standard error after it.</summary>
    /// <exception cref="BenchException">The program is missing or failed.</exception>
    public static async Task<string> OutputAsync(string program, IEnumerable<string> arguments, CancellationToken end)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new BenchException($"{program} cannot be started");
        try
        {
            var errors = process.StandardError.ReadToEndAsync(end);
            var output = await process.StandardOutput.ReadToEndAsync(end);
            await process.WaitForExitAsync(end);
            output += await errors;
            return process.ExitCode == 0 ? output : throw new BenchException($"{program} ended with {process.ExitCode}:\n{output}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
