namespace GatewayMesh.Proxy.LoadBalancing;

/// <summary>
/// Latency of an instance as in Finagle and Linkerd: an average that decays over time, jumps to a peak at once, and sinks without
/// measurements, so that a slow instance is tried again. Value and time share one word, swapped by compare-and-exchange.
/// </summary>
internal sealed class PeakEwma
{
    // Unit of the stamp, which wraps after five days; an instance idle for longer counts as more recent than it is.
    private const double TicksPerSecond = 10_000;

    private readonly long _start;
    private readonly double _frequency;
    private long _word; // seconds as a float in the upper half, the stamp in the lower

    public PeakEwma(TimeProvider time, TimeSpan initial)
    {
        _frequency = time.TimestampFrequency;
        _start = time.GetTimestamp();
        Reset(initial, _start);
    }

    /// <summary>Returns the seconds at <paramref name="now"/>.</summary>
    public double Read(long now, double decaySeconds)
    {
        var word = Interlocked.Read(ref _word);
        return SecondsOf(word) * Left(word, Stamp(now), decaySeconds);
    }

    /// <summary>Records a latency of <paramref name="seconds"/>.</summary>
    public void Observe(double seconds, long now, double decaySeconds)
    {
        var stamp = Stamp(now);
        while (true)
        {
            var word = Interlocked.Read(ref _word);
            var old = SecondsOf(word);
            var left = Left(word, stamp, decaySeconds);
            var next = seconds > old * left ? seconds : (old * left) + (seconds * (1 - left));

            // Of two concurrent observations the later stamp wins.
            var at = (int)(stamp - (uint)word) < 0 ? (uint)word : stamp;
            if (Interlocked.CompareExchange(ref _word, Word(next, at), word) == word)
            {
                return;
            }
        }
    }

    /// <summary>Resets the value.</summary>
    public void Reset(TimeSpan initial, long now) => Interlocked.Exchange(ref _word, Word(initial.TotalSeconds, Stamp(now)));

    private static double SecondsOf(long word) => BitConverter.Int32BitsToSingle((int)(word >> 32));

    private static long Word(double seconds, uint stamp) => ((long)BitConverter.SingleToInt32Bits((float)seconds) << 32) | stamp;

    private static double Left(long word, uint stamp, double decaySeconds)
    {
        var elapsed = (int)(stamp - (uint)word);
        return elapsed <= 0 ? 1 : Math.Exp(-elapsed / TicksPerSecond / decaySeconds);
    }

    private uint Stamp(long now) => (uint)(long)((now - _start) / _frequency * TicksPerSecond);
}
