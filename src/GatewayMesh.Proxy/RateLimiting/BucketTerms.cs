namespace GatewayMesh.Proxy.RateLimiting;

/// <summary>Rate and size of token buckets, in ticks of the clock's timestamp.</summary>
/// <param name="Interval">Ticks in which a bucket gets one token.</param>
/// <param name="Burst">Tokens that a bucket holds.</param>
internal readonly record struct BucketTerms(double Interval, double Burst)
{
    /// <summary>Ticks in which an empty bucket is full again.</summary>
    public long Window => (long)(Interval * Burst);

    /// <summary>Returns the terms of a rate.</summary>
    /// <param name="perSecond">Tokens per second, above zero.</param>
    /// <param name="burst">Tokens that a bucket holds.</param>
    /// <param name="time">The clock.</param>
    public static BucketTerms Of(double perSecond, double burst, TimeProvider time) => new(time.TimestampFrequency / perSecond, burst);

    /// <summary>Returns the terms of a share, 0 to 1. A bucket holds at least one token.</summary>
    public BucketTerms Part(double share) => new(Interval / share, Math.Max(1, Burst * share));

    /// <summary>Returns the ticks that <paramref name="tokens"/> take to arrive, rounded down: a full bucket serves its whole burst.</summary>
    public long TicksOf(double tokens) => (long)(tokens * Interval);
}
