namespace GatewayMesh.Guard.Leases;

/// <summary>A worker that could serve, or be started, and may not yet.</summary>
/// <param name="Reason">The rule that holds it back.</param>
/// <param name="Left">Time until the next try.</param>
internal sealed record HeldBack(string Reason, TimeSpan Left)
{
    /// <summary>The rule that holds back one of <paramref name="workers"/>, or their next one; null when none does.</summary>
    internal static HeldBack? Of(List<WorkerSlot> workers, TimeSpan restartAt, CrashHistory crashes, bool gatewaysAnswer, TimeSpan now)
    {
        if (workers.TrueForAll(worker => worker.Dismissed || worker.Phase is WorkerPhase.Killed or WorkerPhase.Draining))
        {
            return restartAt > now ? new HeldBack("a worker crashed, and the next one is started after a pause", restartAt - now) : null;
        }

        if (workers.FindLast(worker => worker.IsProved) is not { } ready)
        {
            return null;
        }

        if (crashes.LoopForbidsLeaseFor(now) is { } wait)
        {
            return new HeldBack("workers crash in a loop, so leases are at least 30 s apart", wait);
        }

        var left = ready.ReadinessWanted - (now - ready.ReadySince);
        return gatewaysAnswer && left > TimeSpan.Zero ? new HeldBack("after a crash a worker must have been ready for a while; gateways carry meanwhile", left) : null;
    }
}
