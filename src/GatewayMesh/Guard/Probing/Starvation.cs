using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Probing;

/// <summary>
/// A machine that has no time for a worker: while its probes fail, its threads wait for a processor. A thread that hangs waits for none. Looked at only when a
/// probe has failed, from the first failure of a row on.
/// </summary>
internal sealed class Starvation(Func<TimeSpan> waited)
{
    private const double NotableShare = 0.25;

    private (TimeSpan At, TimeSpan Waited)? _first;

    /// <summary>A probe was answered: the next row of failures begins anew.</summary>
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

    /// <summary>The starvation of a process.</summary>
    internal static Starvation Of(int pid) => new(() => RunQueueWait.Of(pid));
}
