namespace GatewayMesh.Proxy.Hedging;

/// <summary>
/// Latencies of a service's most recent response heads. Written concurrently without a lock: a value overwritten during a read
/// still belongs to the window.
/// </summary>
internal sealed class LatencyWindow
{
    /// <summary>Number of responses in the window.</summary>
    public const int Size = 256;

    /// <summary>Number of responses required before a quantile is available.</summary>
    public const int Enough = 64;

    private const int Fresh = 16;

    private readonly long[] _ticks = new long[Size];
    private long _count;
    private Estimate? _known;

    /// <summary>Records the latency of one response.</summary>
    public void Add(TimeSpan latency) => Volatile.Write(ref _ticks[(Interlocked.Increment(ref _count) - 1) % Size], latency.Ticks);

    /// <summary>
    /// Returns the time within which <paramref name="share"/> of the responses arrived (nearest rank), at most sixteen responses
    /// old; null while the window has too few.
    /// </summary>
    public TimeSpan? Quantile(double share)
    {
        var count = Volatile.Read(ref _count);
        if (count < Enough)
        {
            return null;
        }

        if (Volatile.Read(ref _known) is not { } known || known.Share != share || count - known.Count >= Fresh)
        {
            known = new Estimate(share, count, Compute(share, (int)Math.Min(count, Size)));
            Volatile.Write(ref _known, known);
        }

        return known.Value;
    }

    private TimeSpan Compute(double share, int count)
    {
        Span<long> sorted = stackalloc long[Size];
        sorted = sorted[..count];
        for (var i = 0; i < count; i++)
        {
            sorted[i] = Volatile.Read(ref _ticks[i]);
        }

        sorted.Sort();
        return TimeSpan.FromTicks(sorted[Math.Clamp((int)Math.Ceiling(share * count) - 1, 0, count - 1)]);
    }

    private sealed record Estimate(double Share, long Count, TimeSpan Value);
}
