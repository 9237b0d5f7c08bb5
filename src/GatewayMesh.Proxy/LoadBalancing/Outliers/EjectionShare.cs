namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>
/// How many instances of one service may be ejected at one time, and how many are. A place is taken before an instance is ejected and given back after it is trusted
/// again, so there are never more ejected than places taken, and never more taken than there are. No lock.
/// </summary>
/// <param name="limit">Permits.</param>
/// <param name="instances">Instances of the service.</param>
internal sealed class EjectionShare(int limit, int instances)
{
    // Permits in the upper half, those taken in the lower: one look and one swap see both.
    private long _permits = (long)limit << 32;
    private int _version;
    private int _instances = instances;

    /// <summary>Permits.</summary>
    public int Limit => (int)(Interlocked.Read(ref _permits) >> 32);

    /// <summary>Permits taken.</summary>
    public int Taken => (int)(uint)Interlocked.Read(ref _permits);

    /// <summary>There is no other instance, so that to eject the one for what it answers would help nobody.</summary>
    public bool IsOfOne => Volatile.Read(ref _instances) <= 1;

    /// <summary>Changes with each ejection and each end of one: what was counted under another version is out of date.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Takes a place; false when none is left.</summary>
    public bool TryTake()
    {
        while (true)
        {
            var permits = Interlocked.Read(ref _permits);
            if ((uint)permits >= (uint)(permits >> 32))
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _permits, permits + 1, permits) == permits)
            {
                return true;
            }
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Release()
    {
        Interlocked.Decrement(ref _permits);
        Touch();
    }

    /// <summary>Somebody's standing has changed.</summary>
    public void Touch() => Interlocked.Increment(ref _version);

    /// <summary>There are so many instances now.</summary>
    public void Count(int instances) => Volatile.Write(ref _instances, instances);

    /// <summary>There are so many places now; more may be taken until those in excess are given back.</summary>
    public void Resize(int limit)
    {
        while (true)
        {
            var permits = Interlocked.Read(ref _permits);
            if (Interlocked.CompareExchange(ref _permits, ((long)limit << 32) | (uint)permits, permits) == permits)
            {
                return;
            }
        }
    }
}
