namespace GatewayMesh.Time;

/// <summary>
/// Counts events of the last few seconds without a lock: a ring of cells, each holding a second (upper half) and its count (lower half) in
/// one word.
/// </summary>
internal sealed class SecondCounter(int seconds)
{
    private readonly long[] _cells = new long[seconds];

    /// <summary>Counts an event in <paramref name="second"/> (0 or later).</summary>
    public void Count(long second)
    {
        ref var cell = ref _cells[second % _cells.Length];
        while (true)
        {
            var seen = Volatile.Read(ref cell);
            var at = SecondOf(seen);
            if (at == second)
            {
                // If the cell moves to a new second in between, the event counts there: an error of one second, not of one event.
                Interlocked.Increment(ref cell);
                return;
            }

            // A thread delayed for a whole round must not overwrite a newer second.
            if (at > second || Interlocked.CompareExchange(ref cell, Word(second, 1), seen) == seen)
            {
                return;
            }
        }
    }

    /// <summary>Number of events in <paramref name="second"/> and the earlier seconds that the ring holds.</summary>
    public long Sum(long second)
    {
        var sum = 0L;
        for (var i = 0; i < _cells.Length; i++)
        {
            var word = Volatile.Read(ref _cells[i]);
            var at = SecondOf(word);
            if (at > second - _cells.Length && at <= second)
            {
                sum += (uint)word;
            }
        }

        return sum;
    }

    // An empty cell is all zero, which reads as second −1 without events.
    private static long SecondOf(long word) => (word >> 32) - 1;

    private static long Word(long second, uint count) => ((second + 1) << 32) | count;
}
