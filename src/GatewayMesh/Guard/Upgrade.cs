using GatewayMesh.Events;
using GatewayMesh.Guard.Carrying;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Guard.Workers;
using GatewayMesh.Linux;
using Process = System.Diagnostics.Process;
using ProcessStartInfo = System.Diagnostics.ProcessStartInfo;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace GatewayMesh.Guard;

/// <summary>
/// An upgrade in place: try the binary on disk, execute it in this guard's place, then start a new worker. A guard that carries connections
/// would cut them by that, so it waits for them to end; if they do not, the worker alone is upgraded and the guard stays what it is.
/// </summary>
internal sealed class Upgrade(GuardLoop loop, Carrier carrier, EventLog events)
{
    private static readonly TimeSpan TrialLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CarriedLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>Does it. On success of the first part this process is another program and never returns.</summary>
    internal async Task RunAsync(Func<GuardView> view)
    {
        events.Info("upgrade", $"to {WorkerPlan.Executable}");
        if (Refusal(view()) is { } reason || (reason = await TryBinaryAsync().ConfigureAwait(false)) is not null)
        {
            loop.LastUpgrade = new GuardAction.UpgradeEnded(false, reason);
            events.Error("upgrade-failed", $"{reason}; nothing was changed");
            return;
        }

        if (await CarriesNothingAsync(view).ConfigureAwait(false))
        {
            events.Flush(TimeSpan.FromSeconds(1));
            loop.Post(Execute);
        }
        else
        {
            events.Warning("upgrade", "this guard carries connections and stays as it is; the worker is upgraded");
            loop.Post(new GuardEvent.UpgradeRequested());
        }
    }

    // The new program would know nothing of a second worker.
    private static string? Refusal(GuardView view) => view.Drained ? "the node is drained" : view.Workers.Length > 1 ? "an old worker still drains, or an upgrade is under way" : null;

    private void Execute()
    {
        try
        {
            loop.ExecuteInPlace(WorkerPlan.Executable);
        }
        catch (LinuxException failure)
        {
            loop.LastUpgrade = new GuardAction.UpgradeEnded(false, failure.Message);
            events.Error("upgrade-failed", $"{failure.Message}; nothing was changed");
        }
    }

    // A binary that does not start here must not take this one's place.
    private static async Task<string?> TryBinaryAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TrialLimit);
            using var trial = Process.Start(new ProcessStartInfo(WorkerPlan.Executable, "version") { RedirectStandardOutput = true });
            try
            {
                await trial!.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                trial!.Kill();
                return $"{WorkerPlan.Executable} version did not end in {TrialLimit.TotalSeconds} s";
            }

            return trial.ExitCode == 0 ? null : $"{WorkerPlan.Executable} version ended with exit code {trial.ExitCode}";
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            return $"{WorkerPlan.Executable} cannot be started: {failure.Message}";
        }
    }

    private async Task<bool> CarriesNothingAsync(Func<GuardView> view)
    {
        var began = Stopwatch.GetTimestamp();
        while (view().Acceptor == Acceptor.Worker && Stopwatch.GetElapsedTime(began) < CarriedLimit)
        {
            if (carrier.Counts.Open == 0)
            {
                return true;
            }

            carrier.EndQuiet(Quiet);
            await Task.Delay(50).ConfigureAwait(false);
        }

        return false;
    }
}
