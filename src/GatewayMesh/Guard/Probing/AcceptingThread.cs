namespace GatewayMesh.Guard.Probing;

/// <summary>
/// The thread of a worker that accepts connections. It is not a pool thread, and each probe after a failed one uses a new connection, so
/// that the thread has work. A thread that turns while nothing else moves shows a running process without a free pool thread.
/// </summary>
/// <param name="turns">Turns of the thread so far.</param>
internal sealed class AcceptingThread(Func<long> turns)
{
    private long? _last;

    /// <summary>A probe passed: the series of failures restarts.</summary>
    internal void Clear() => _last = null;

    /// <summary>A probe failed.</summary>
    /// <returns>True if the thread has turned since the previous failure.</returns>
    internal bool Look()
    {
        var now = turns();
        var turned = _last is { } last && now != last;
        _last = now;
        return turned;
    }
}
