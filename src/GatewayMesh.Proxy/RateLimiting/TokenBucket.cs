namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>
/// A token bucket as one number, the time at which it is full again (GCRA, ITU-T I.371): no timer, no lock, one interlocked exchange for
/// a request. Not <c>TokenBucketRateLimiter</c> of System.Threading.RateLimiting, which takes a lock, has a queue of its own, and reads
/// the system's clock.
/// </summary>
internal sealed class TokenBucket(UInt128 key)
{
    private long _fullAt = long.MinValue;
    private long _usedAt;

    /// <summary>Key of the bucket in its table.</summary>
    public UInt128 Key { get; } = key;

    /// <summary>Timestamp of the latest request.</summary>
    public long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>Timestamp of the latest request when the bucket entered the queue of its table.</summary>
    public long QueuedAt { get; set; }

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
        while (true)
        {
            var fullAt = Volatile.Read(ref _fullAt);
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

    /// <summary>Returns the tokens of a request that was refused elsewhere.</summary>
    public void Return(double cost, in BucketTerms terms) => Interlocked.Add(ref _fullAt, -terms.TicksOf(cost));

    /// <summary>Returns the tokens in the bucket.</summary>
    public double Left(in BucketTerms terms, long now) =>
        Math.Clamp(terms.Burst - ((Math.Max(Volatile.Read(ref _fullAt), now) - now) / terms.Interval), 0, terms.Burst);
}
