namespace GatewayMesh.Proxy.LoadBalancing.Outliers;

/// <summary>
/// Ejection permits of one service. A permit is taken before an instance is ejected and returned after the instance is trusted again, so
/// there are never more ejections than permits taken, and never more permits taken than exist. Takes no lock.
/// </summary>
/// <param name="limit">Number of permits.</param>
/// <param name="instances">Number of instances of the service.</param>
internal sealed class EjectionShare(int limit, int instances)
{
    // The limit in the upper half and the taken permits in the lower, so that one read and one swap cover both.
    private long _permits = (long)limit << 32;
    private int _version;
    private int _instances = instances;

    /// <summary>Number of permits.</summary>
    public int Limit => (int)(Interlocked.Read(ref _permits) >> 32);

    /// <summary>Number of permits taken.</summary>
    public int Taken => (int)(uint)Interlocked.Read(ref _permits);

    /// <summary>True if there is no other instance, so that ejecting this instance for its responses would not help.</summary>
    public bool IsOfOne => Volatile.Read(ref _instances) <= 1;

    /// <summary>Version that changes with each start and end of an ejection; a count under another version is obsolete.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Takes a permit; false if none is left.</summary>
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

    /// <summary>Returns a permit.</summary>
    public void Release()
    {
        Interlocked.Decrement(ref _permits);
        Touch();
    }

    /// <summary>Records that an ejection state has changed.</summary>
    public void Touch() => Interlocked.Increment(ref _version);

    /// <summary>Sets the number of instances.</summary>
    public void Count(int instances) => Volatile.Write(ref _instances, instances);

    /// <summary>Sets the number of permits; until the excess is returned, more may be taken than exist.</summary>
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
