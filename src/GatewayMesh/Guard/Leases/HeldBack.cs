namespace GatewayMesh.Guard.Leases;

/// <summary>A worker that could serve or start, but must wait.</summary>
/// <param name="Reason">The rule that delays the worker.</param>
/// <param name="Left">Time until the next attempt.</param>
internal sealed record HeldBack(string Reason, TimeSpan Left)
{
    /// <summary>Returns the rule that delays <paramref name="workers"/> or the next start; null when there is none.</summary>
    internal static HeldBack? Of(List<WorkerSlot> workers, TimeSpan restartAt, CrashHistory crashes, bool gatewaysAnswer, TimeSpan now)
    {
        if (workers.TrueForAll(worker => worker.Dismissed || worker.Phase is WorkerPhase.Killed or WorkerPhase.Draining))
        {
            return restartAt > now ? new HeldBack("a worker crashed; the next one starts after a pause", restartAt - now) : null;
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
        return gatewaysAnswer && left > TimeSpan.Zero
            ? new HeldBack("after a crash a worker must stay ready for a while first; gateways carry traffic meanwhile", left)
            : null;
    }
}
