using System.Runtime.InteropServices;

namespace GatewayMesh.Bench.Runs;

/// <summary>A run that SIGINT and SIGTERM end, with all of its programs.</summary>
internal static class Interruptible
{
    /// <summary>Runs to the end; returns the result, or 1 with a message if the run failed or was interrupted.</summary>
    public static async Task<int> RunAsync(string name, Func<CancellationToken, Task<int>> run)
    {
        using var end = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        try
        {
            return await run(end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            Console.Error.WriteLine($"{name}: interrupted, all programs are ended");
            return 1;
        }
        catch (Exception error) when (error is BenchException or IOException or FormatException or TimeoutException)
        {
            // A signal of the terminal ends the programs too, which is no fault of theirs.
            Console.Error.WriteLine(end.IsCancellationRequested ? $"{name}: interrupted, all programs are ended" : $"{name}: {error.Message}");
            return 1;
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            end.Cancel();
        }
    }
}
