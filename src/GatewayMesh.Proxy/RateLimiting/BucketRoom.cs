namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// The number of token buckets of a process, bounded over all limits. A limit that has more than its part evicts its own least recently
/// used bucket first, so that a flood of keys at one service evicts no bucket of another.
/// </summary>
/// <param name="most">Most buckets. Default: 100,000.</param>
internal sealed class BucketRoom(int most = BucketRoom.Max)
{
    /// <summary>Most buckets of a process.</summary>
    public const int Max = 100_000;

    private readonly Lock _changing = new();
    private BucketTable[] _tables = [];
    private int _count;
    private long _evicted;

    /// <summary>Buckets of all limits.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Buckets that were evicted for others.</summary>
    public long Evicted => Interlocked.Read(ref _evicted);

    /// <summary>Adds a limit.</summary>
    public void Add(BucketTable table)
    {
        lock (_changing)
        {
            Volatile.Write(ref _tables, [.. _tables, table]);
        }
    }

    /// <summary>Removes a limit with its buckets.</summary>
    public void Remove(BucketTable table)
    {
        lock (_changing)
        {
            Volatile.Write(ref _tables, [.. _tables.Where(other => other != table)]);
        }

        table.Close();
    }

    /// <summary>Counts a new bucket of <paramref name="table"/>, and evicts another if there are too many.</summary>
    public void Take(BucketTable table)
    {
        if (Interlocked.Increment(ref _count) <= most)
        {
            return;
        }

        if (VictimFor(table).TryEvict())
        {
            Interlocked.Increment(ref _evicted);
        }
    }

    /// <summary>Counts buckets that are gone.</summary>
    public void Leave(int count = 1) => Interlocked.Add(ref _count, -count);

    private BucketTable VictimFor(BucketTable table)
    {
        var tables = Volatile.Read(ref _tables);
        if (table.Count >= most / Math.Max(1, tables.Length))
        {
            return table;
        }

        var largest = table;
        foreach (var other in tables)
        {
            largest = other.Count > largest.Count ? other : largest;
        }

        return largest;
    }
}
