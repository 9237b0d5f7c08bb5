using GatewayMesh.Events;
using GatewayMesh.Guard.Carrying;
using GatewayMesh.Guard.Leases;
using GatewayMesh.Guard.Workers;
using GatewayMesh.Linux;

namespace GatewayMesh.Guard;

/// <summary>
/// An upgrade to the executable on disk: a trial, then a new worker next to the old one, and once the new worker serves, the guard itself
/// in
/// place. Until then every failure leaves everything unchanged. Executing would cut carried connections, so the guard waits for them to
/// end.
/// If they do not end, the guard is not replaced.
/// </summary>
internal sealed class Upgrade(GuardLoop loop, Carrier carrier, EventLog events, Task loaded, TimeProvider time)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    /// <summary>Runs the upgrade. On success this process becomes another program. Never throws.</summary>
    internal async Task RunAsync(Func<GuardView> view)
    {
        try
        {
            await UpgradeAsync(view).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // Any exception: an upgrade must not end without a message.
            Fail($"{failure.GetType().Name}: {failure.Message}");
        }
    }

    private async Task UpgradeAsync(Func<GuardView> view)
    {
        events.Info("upgrade", $"to {WorkerPlan.Executable}");
        await loaded.ConfigureAwait(false);
        if (Refusal(view()) is { } reason)
        {
            Fail($"{reason}; nothing was changed");
            return;
        }

        var trial = await Trial.RunAsync(time).ConfigureAwait(false);
        if (trial.Reason is not null)
        {
            Fail($"{trial.Reason}; nothing was changed");
            return;
        }

        // The loop reports the end.
        if (!(await loop.UpgradeWorkerAsync().ConfigureAwait(false)).Well)
        {
            return;
        }

        var carried = new CarriedWait(() => carrier.Counts.Open, () => carrier.EndQuiet(Quiet), time);
        if (await carried.EndsAsync(() => view().Acceptor == Acceptor.Worker).ConfigureAwait(false))
        {
            events.Flush(TimeSpan.FromSeconds(1));
            while (!await loop.DoAsync(() => Execute(trial.TakesHeldSignals)).ConfigureAwait(false))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), time).ConfigureAwait(false);
            }
        }
        else
        {
            const string Reason =
                "the worker was upgraded; this guard carries connections and was not replaced: run the upgrade again when it carries none";
            loop.LastUpgrade = new GuardAction.UpgradeEnded(true, Reason);
            events.Warning("upgrade", Reason);
        }
    }

    // The new program would not know of a second worker that is not draining.
    private static string? Refusal(GuardView view) =>
        view.Drained ? "the node is drained" : view.Workers.Length > 1 ? "an old worker is still draining, or an upgrade is running" : null;

    private bool Execute(bool takesHeldSignals)
    {
        try
        {
            return loop.ExecuteInPlace(WorkerPlan.Executable, takesHeldSignals);
        }
        catch (LinuxException failure)
        {
            Fail($"{failure.Message}; the worker was upgraded, the guard was not replaced");
            return true;
        }
    }

    private void Fail(string reason)
    {
        loop.LastUpgrade = new GuardAction.UpgradeEnded(false, reason);
        events.Error("upgrade-failed", reason);
    }
}
