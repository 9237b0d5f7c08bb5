namespace GatewayMesh.Proxy.Telemetry;

/// <summary>
/// Limits the lines of a log per second of the clock and counts the excess. Takes no lock: at the turn of a second a few extra lines may
/// pass.
/// </summary>
/// <param name="most">Maximum lines per second.</param>
/// <param name="time">Clock of the rate.</param>
internal sealed class LineRate(int most, TimeProvider time)
{
    private long _second = -1;
    private int _lines;
    private long _suppressed;
    private long _suppressedSince;
    private long _total;

    /// <summary>Maximum lines per second.</summary>
    public int Max { get; } = most;

    /// <summary>Total lines beyond the rate since the start.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>True if lines beyond the rate have not been reported yet.</summary>
    public bool HasSuppressed => Interlocked.Read(ref _suppressed) > 0;

    /// <summary>True if one more line may be written.</summary>
    public bool TryTake()
    {
        var now = Second();
        var second = Volatile.Read(ref _second);
        if (now != second && Interlocked.CompareExchange(ref _second, now, second) == second)
        {
            Volatile.Write(ref _lines, 0);
        }

        if (Volatile.Read(ref _lines) < Max && Interlocked.Increment(ref _lines) <= Max)
        {
            return true;
        }

        if (Interlocked.Increment(ref _suppressed) == 1)
        {
            Volatile.Write(ref _suppressedSince, now);
        }

        Interlocked.Increment(ref _total);
        return false;
    }

    /// <summary>
    /// Returns the number of unreported lines beyond the rate; zero during the second of the first of them, so that there is one such line
    /// per second.
    /// </summary>
    /// <param name="now">True to report before the second is over.</param>
    public long TakeSuppressed(bool now) =>
        HasSuppressed && (now || Second() != Volatile.Read(ref _suppressedSince)) ? Interlocked.Exchange(ref _suppressed, 0) : 0;

    private long Second() => time.GetTimestamp() / time.TimestampFrequency;
}
