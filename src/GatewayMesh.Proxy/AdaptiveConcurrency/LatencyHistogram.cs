using System.Numerics;

namespace GatewayMesh.Proxy.AdaptiveConcurrency;

/// <summary>
/// Latencies in buckets, sixteen per doubling, so that a percentile is accurate to about 3 %. Adding is one interlocked addition from any
/// thread.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Bits = 4;
    private const int PerDoubling = 1 << Bits;

    // Microseconds up to 2³², which is more than an hour.
    private readonly int[] _buckets = new int[(32 - Bits + 1) * PerDoubling];

    /// <summary>Adds a latency.</summary>
    public void Add(TimeSpan latency) =>
        Interlocked.Increment(ref _buckets[IndexOf((uint)Math.Clamp(latency.Ticks / TimeSpan.TicksPerMicrosecond, 0, uint.MaxValue))]);

    /// <summary>
    /// Empties the histogram. Returns the given percentile of its values in microseconds; null if the histogram was empty.
    /// </summary>
    public double? Drain(double percentile)
    {
        Span<int> counts = stackalloc int[_buckets.Length];
        var total = 0L;
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = Volatile.Read(ref _buckets[i]) == 0 ? 0 : Interlocked.Exchange(ref _buckets[i], 0);
            total += counts[i];
        }

        if (total == 0)
        {
            return null;
        }

        var rank = Math.Max(1, (long)Math.Ceiling(total * percentile));
        var index = 0;
        for (var seen = (long)counts[0]; seen < rank; seen += counts[index])
        {
            index++;
        }

        return MiddleOf(index);
    }

    private static int IndexOf(uint value)
    {
        if (value < PerDoubling)
        {
            return (int)value;
        }

        var doubling = BitOperations.Log2(value) - Bits;
        return ((doubling + 1) << Bits) + (int)((value >> doubling) & (PerDoubling - 1));
    }

    private static double MiddleOf(int index)
    {
        if (index < PerDoubling)
        {
            return index;
        }

        var doubling = (index >> Bits) - 1;
        var low = (double)((ulong)(PerDoubling + (index & (PerDoubling - 1))) << doubling);
        return low + (((1UL << doubling) - 1) / 2.0);
    }
}
