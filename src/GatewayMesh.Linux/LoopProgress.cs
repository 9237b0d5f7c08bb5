using System.Runtime.CompilerServices;

namespace GatewayMesh.Linux;

/// <summary>
/// Counters of one event loop in a <see cref="ProgressPage"/>, valid until the page is unmapped. Each has one writer at a time, so that a
/// plain store is enough. The default value counts nothing.
/// </summary>
public readonly unsafe struct LoopProgress
{
    /// <summary>Number of counters.</summary>
    internal const int Length = 2;

    private readonly long* _counters;

    internal LoopProgress(long* counters) => _counters = counters;

    /// <summary>Number of turns so far.</summary>
    public long Turns => _counters == null ? 0 : Volatile.Read(ref _counters[0]);

    /// <summary>Number of posted actions that the loop has not taken. Not zero for longer than a turn: the loop is stalled.</summary>
    public long Waiting => _counters == null ? 0 : Volatile.Read(ref _counters[1]);

    /// <summary>Publishes the number of turns. Called by the loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Turned(long turns)
    {
        if (_counters != null)
        {
            Volatile.Write(ref _counters[0], turns);
        }
    }

    /// <summary>Publishes the number of posted actions. Called under the lock of the loop's queue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Waits(long posted)
    {
        if (_counters != null)
        {
            Volatile.Write(ref _counters[1], posted);
        }
    }
}
