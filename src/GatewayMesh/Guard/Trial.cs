using System.ComponentModel;
using GatewayMesh.Guard.Workers;
using Process = System.Diagnostics.Process;
using ProcessStartInfo = System.Diagnostics.ProcessStartInfo;

namespace GatewayMesh.Guard;

/// <summary>
/// A trial of the executable on disk before it replaces this program: prints its version, then runs everything a guard does before it
/// opens a port.
/// </summary>
internal static class Trial
{
    /// <summary>Environment variable of a trial. Not named <c>GATEWAYMESH_…</c>: those are configuration.</summary>
    internal const string Variable = "_GATEWAYMESH_TRIAL";

    private const string HeldSignalsLine = "signals: held";
    private const int ShownCharacters = 300;
    // As long as a worker may take to be ready: a busy machine is no reason to refuse a build.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly Version FirstWithTrial = new(0, 2, 0);

    /// <summary>True in a trial process.</summary>
    internal static bool IsThis => Environment.GetEnvironmentVariable(Variable) is not null;

    /// <summary>Runs the trial.</summary>
    /// <param name="time">Clock of the limit.</param>
    /// <returns>
    /// The reason why the executable cannot replace this program, or null; and true if it receives signals blocked at its start.
    /// </returns>
    internal static async Task<(string? Reason, bool TakesHeldSignals)> RunAsync(TimeProvider time)
    {
        var (reason, output) = await RunAsync(["version"], isTrial: false, time).ConfigureAwait(false);
        if (reason is not null || !KnowsTrials(output))
        {
            return (reason, false);
        }

        (reason, output) = await RunAsync(Environment.GetCommandLineArgs().Skip(1), isTrial: true, time).ConfigureAwait(false);
        return (reason, output.Split('\n').Contains(HeldSignalsLine));
    }

    /// <summary>
    /// Reports the capabilities of this program to the guard that runs the trial. Earlier builds print no such line and must start without
    /// blocked signals.
    /// </summary>
    internal static void Answer() => Console.Out.WriteLine(HeldSignalsLine);

    private static async Task<(string? Reason, string Output)> RunAsync(IEnumerable<string> arguments, bool isTrial, TimeProvider time)
    {
        var start = new ProcessStartInfo(WorkerPlan.Executable, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (isTrial)
        {
            start.Environment[Variable] = "1";
        }

        var what = isTrial ? $"{WorkerPlan.Executable}, tried as a guard," : $"{WorkerPlan.Executable} version";
        try
        {
            using var limit = new CancellationTokenSource(Limit, time);
            using var trial = Process.Start(start)!;
            trial.StandardInput.Close();
            var output = trial.StandardOutput.ReadToEndAsync(CancellationToken.None);
            var errors = trial.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                await trial.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                trial.Kill();
                return ($"{what} did not exit within {Limit.TotalSeconds} s", "");
            }

            return trial.ExitCode == 0
                ? (null, await output.ConfigureAwait(false))
                : ($"{what} ended with exit code {trial.ExitCode}{Shown(await errors.ConfigureAwait(false))}", "");
        }
        catch (Win32Exception failure)
        {
            return ($"{WorkerPlan.Executable} cannot be started: {failure.Message}", "");
        }
    }

    // "gatewaymesh 0.2.0 (.NET 10.0.0, linux-x64)". An earlier version would take the trial for a real start.
    private static bool KnowsTrials(string output) =>
        output.Split(' ') is [_, var number, ..] && Version.TryParse(number.Trim(), out var version) && version >= FirstWithTrial;

    private static string Shown(string errors) =>
        errors.Trim() is { Length: > 0 } text ? $": {text[..Math.Min(text.Length, ShownCharacters)]}" : "";
}
