namespace GatewayMesh.Guard.Carrying;

/// <summary>Counters of carried connections.</summary>
internal sealed class CarryCounts
{
    private long _open, _total, _failed, _refused;

    /// <summary>Carried now.</summary>
    internal long Open => Volatile.Read(ref _open);

    /// <summary>Accepted so far.</summary>
    internal long Total => Volatile.Read(ref _total);

    /// <summary>Broken after a gateway had accepted them.</summary>
    internal long Failed => Volatile.Read(ref _failed);

    /// <summary>Reset because no gateway accepted them.</summary>
    internal long Refused => Volatile.Read(ref _refused);

    internal void Begin()
    {
        Interlocked.Increment(ref _open);
        Interlocked.Increment(ref _total);
    }

    internal void End() => Interlocked.Decrement(ref _open);

    internal void CountFailed() => Interlocked.Increment(ref _failed);

    internal void CountRefused() => Interlocked.Increment(ref _refused);
}
