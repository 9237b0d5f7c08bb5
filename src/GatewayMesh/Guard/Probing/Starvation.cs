using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Probing;

/// <summary>
/// Detects a machine without CPU time for a worker: while probes fail, the worker's threads wait for a processor. A hung thread does not.
/// Checked only after a failed probe, from the first failure of a series on.
/// </summary>
internal sealed class Starvation(Func<TimeSpan> waited)
{
    private const double NotableShare = 0.25;

    private (TimeSpan At, TimeSpan Waited)? _first;

    /// <summary>A probe passed: the series of failures restarts.</summary>
    internal void Clear() => _first = null;

    /// <summary>A probe failed.</summary>
    /// <returns>True if the threads waited for a notable share of the time since the first failure.</returns>
    internal bool Look(TimeSpan now)
    {
        var total = waited();
        if (_first is not { } first)
        {
            _first = (now, total);
            return false;
        }

        return total - first.Waited >= (now - first.At) * NotableShare && total > first.Waited;
    }

    /// <summary>Creates the detector for a process.</summary>
    internal static Starvation Of(int pid) => new(() => RunQueueWait.Of(pid));
}
