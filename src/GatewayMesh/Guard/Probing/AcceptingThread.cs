namespace GatewayMesh.Guard.Probing;

/// <summary>
/// The thread of a worker that accepts connections. It belongs to no pool, and each probe after one that failed comes on a connection of its own, so that the thread
/// has something to do. A thread that turns while nothing else moves shows a process that runs and has no free thread in its pool.
/// </summary>
/// <param name="turns">Turns of the thread so far.</param>
internal sealed class AcceptingThread(Func<long> turns)
{
    private long? _last;

    /// <summary>A probe was answered: the next row of failures begins anew.</summary>
    internal void Clear() => _last = null;

    /// <summary>A probe failed.</summary>
    /// <returns>True if the thread has turned since the failure before.</returns>
    internal bool Look()
    {
        var now = turns();
        var turned = _last is { } last && now != last;
        _last = now;
        return turned;
    }
}
