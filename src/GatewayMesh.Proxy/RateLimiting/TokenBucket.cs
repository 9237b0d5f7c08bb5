namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// A token bucket as one number, the time at which it is full again (GCRA, ITU-T I.371): no timer, no lock, one interlocked exchange for
/// a request. Not <c>TokenBucketRateLimiter</c> of System.Threading.RateLimiting, which takes a lock, has a queue of its own, and reads
/// the system's clock. A bucket that was emptied under a lower rate is an empty one under the new rate.
/// </summary>
internal sealed class TokenBucket(UInt128 key)
{
    private long _fullAt = long.MinValue;
    private long _usedAt;
    private long _asked;
    private double _demand;
    private double _share;

    /// <summary>Key of the bucket in its table.</summary>
    public UInt128 Key { get; } = key;

    /// <summary>Timestamp of the latest request.</summary>
    public long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>Timestamp of the latest request when the bucket entered the queue of its table.</summary>
    public long QueuedAt { get; set; }

    /// <summary>Share of this node in a bucket that the mesh divides, 0 to 1; zero before the first division.</summary>
    public double Share
    {
        get => Volatile.Read(ref _share);
        set => Volatile.Write(ref _share, value);
    }

    /// <summary>Demand that this node reports for the bucket, in tokens per second; zero for none.</summary>
    public double Reported { get; set; }

    /// <summary>Counts tokens that a request asks for, whether it gets them or not.</summary>
    public void Ask(int cost) => Interlocked.Add(ref _asked, cost);

    /// <summary>Returns the demand in tokens per second: rises at once, and falls by <paramref name="weight"/> of the way.</summary>
    /// <param name="seconds">Time since the last call.</param>
    /// <param name="weight">Weight of that time in a falling demand.</param>
    public double TakeDemand(double seconds, double weight)
    {
        var latest = Interlocked.Exchange(ref _asked, 0) / seconds;
        return _demand = latest >= _demand ? latest : (weight * latest) + ((1 - weight) * _demand);
    }

    /// <summary>Records a request.</summary>
    public void Touch(long now) => Volatile.Write(ref _usedAt, now);

    /// <summary>Takes tokens; false if there are too few.</summary>
    /// <param name="cost">Tokens to take, at most the size of the bucket.</param>
    /// <param name="terms">Rate and size.</param>
    /// <param name="now">Current timestamp.</param>
    /// <param name="wait">Ticks until there are enough tokens; zero if they were taken.</param>
    public bool TryTake(double cost, in BucketTerms terms, long now, out long wait)
    {
        var ticks = terms.TicksOf(cost);
        var window = terms.Window;
        var latest = now + terms.MaxWindow;
        while (true)
        {
            var fullAt = Volatile.Read(ref _fullAt);
            if (fullAt > latest)
            {
                Interlocked.CompareExchange(ref _fullAt, latest, fullAt); // kept, or the bucket would be empty at each request
                continue;
            }

            var next = Math.Max(fullAt, now) + ticks;
            wait = next - now - Math.Max(window, ticks);
            if (wait > 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _fullAt, next, fullAt) == fullAt)
            {
                wait = 0;
                return true;
            }
        }
    }

    /// <summary>Returns the tokens of a request that was refused elsewhere. A full bucket stays full.</summary>
    public void Return(double cost, in BucketTerms terms, long now)
    {
        var ticks = terms.TicksOf(cost);
        while (true)
        {
            var fullAt = Volatile.Read(ref _fullAt);
            if (fullAt <= now || Interlocked.CompareExchange(ref _fullAt, Math.Max(now, fullAt - ticks), fullAt) == fullAt)
            {
                return;
            }
        }
    }

    /// <summary>Returns the tokens in the bucket.</summary>
    public double Left(in BucketTerms terms, long now) =>
        Math.Clamp(terms.Burst - ((Math.Max(Volatile.Read(ref _fullAt), now) - now) / terms.Interval), 0, terms.Burst);
}
