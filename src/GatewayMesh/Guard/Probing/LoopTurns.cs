using GatewayMesh.Linux;

namespace GatewayMesh.Guard.Probing;

/// <summary>
/// The event loops of a worker while probes fail. A probe is posted to each loop in turn, so it waits in the queue of a loop that does not
/// turn, even if the other loops serve. An idle loop has nothing in its queue.
/// </summary>
/// <param name="progress">The worker's counters. A worker that publishes no loops has no stalled ones.</param>
internal sealed class LoopTurns(ProgressPage progress)
{
    private long[]? _last;

    /// <summary>Result of the last <see cref="Look"/>.</summary>
    internal int? Stalled { get; private set; }

    /// <summary>A probe passed: the series of failures restarts.</summary>
    internal void Clear() => (_last, Stalled) = (null, null);

    /// <summary>A probe failed.</summary>
    /// <returns>
    /// Index of a loop that has not turned since the previous failure although work waits for it, the same as long as that one is stalled;
    /// null if there is none.
    /// </returns>
    internal int? Look()
    {
        var turns = new long[progress.Loops];
        int? stalled = null;
        for (var i = 0; i < turns.Length; i++)
        {
            var loop = progress.Loop(i);
            turns[i] = loop.Turns;
            if (_last?.Length == turns.Length && turns[i] == _last[i] && loop.Waiting > 0 && (stalled is null || i == Stalled))
            {
                stalled = i;
            }
        }

        (_last, Stalled) = (turns, stalled);
        return stalled;
    }
}
