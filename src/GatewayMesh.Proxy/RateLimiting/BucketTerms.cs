namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>Rate and size of token buckets, in ticks of the clock's timestamp.</summary>
/// <param name="Interval">Ticks in which a bucket gets one token.</param>
/// <param name="Burst">Tokens that a bucket holds.</param>
/// <param name="MaxCost">Most tokens that a request takes: the declared burst, of which a share may hold less.</param>
internal readonly record struct BucketTerms(double Interval, double Burst, double MaxCost)
{
    // Sums of times stay within 64 bits.
    private const double MaxTicks = long.MaxValue / 8;

    /// <summary>Ticks in which an empty bucket is full again.</summary>
    public long Window => TicksOf(Burst);

    /// <summary>
    /// Ticks in which the bucket is full again after the most expensive request. No bucket of these terms is further behind.
    /// </summary>
    public long MaxWindow => TicksOf(Math.Max(Burst, MaxCost));

    /// <summary>Returns the terms of a rate.</summary>
    /// <param name="perSecond">Tokens per second, above zero.</param>
    /// <param name="burst">Tokens that a bucket holds.</param>
    /// <param name="time">The clock.</param>
    public static BucketTerms Of(double perSecond, double burst, TimeProvider time) =>
        new(time.TimestampFrequency / perSecond, burst, burst);

    /// <summary>Returns the terms of a share, 0 to 1. A bucket holds at least one token.</summary>
    public BucketTerms Part(double share) => this with { Interval = Interval / share, Burst = Math.Max(1, Burst * share) };

    /// <summary>Returns the ticks that <paramref name="tokens"/> take to arrive, rounded down: a full bucket serves its whole burst.</summary>
    public long TicksOf(double tokens) => (long)Math.Min(MaxTicks, tokens * Interval);
}
